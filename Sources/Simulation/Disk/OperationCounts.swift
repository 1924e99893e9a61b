/// How many operations a disk was asked for, by kind; refused ones count as well.
public struct OperationCounts: Equatable, Sendable {
    private var counts = [Int](repeating: 0, count: DiskOperation.allCases.count)

    public init() {}

    public subscript(operation: DiskOperation) -> Int {
        counts[operation.rawValue]
    }

    /// The number of operations of any of `operations`.
    public func total(of operations: Set<DiskOperation>) -> Int {
        operations.reduce(0) { $0 + self[$1] }
    }

    mutating func count(_ operation: DiskOperation) {
        counts[operation.rawValue] += 1
    }
}
