/// A sum for each column of time.
public struct ColumnCounts: Hashable, Sendable {
    /// Up to the last column that is not 0.
    public private(set) var counts: [Int] = []

    public var sum: Int { counts.reduce(0, +) }

    mutating func add(_ count: Int, in column: Int) {
        guard count != 0 else { return }
        if column >= counts.count { counts += Array(repeating: 0, count: column + 1 - counts.count) }
        counts[column] += count
    }

    /// Adds to each column how many milliseconds of a span lie in it.
    mutating func add(_ span: Range<Int64>, _ grid: TimeGrid) {
        for column in grid.column(of: span.lowerBound)...grid.column(of: span.upperBound - 1) {
            let start = Int64(column) * grid.width
            add(Int(min(span.upperBound, start + grid.width) - max(span.lowerBound, start)), in: column)
        }
    }

    mutating func merge(by factor: Int) {
        counts = stride(from: 0, to: counts.count, by: factor).map { start in
            counts[start..<min(start + factor, counts.count)].reduce(0, +)
        }
    }
}
