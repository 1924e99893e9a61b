/// What people do in a scenario: it draws acts from a seed.
public protocol Work: Decodable, Sendable {
    /// As scenario files name it.
    static var kind: String { get }

    /// The machines that it names, by number.
    var nodes: [Int] { get }

    /// - Parameter index: its place among the works of the scenario, which names its stream of random numbers.
    func plan(_ draft: inout PlanDraft, index: UInt64)
}

extension Work {
    public var nodes: [Int] { [] }
}

/// All kinds of work, in the order in which they are to be named where one stands on another. A new one is a file beside these,
/// and a line here.
public enum Works {
    public static let all: [any Work.Type] = [
        Sales.self, Deliveries.self, GeneratedLog.self, RecordedLog.self, StatusChanges.self, CustomerEdits.self, Retries.self,
        Quotas.self,
    ]
}

/// A work as it stands in a file.
public struct PlannedWork: Decodable, Sendable {
    public let work: any Work

    public init(from decoder: any Decoder) throws {
        work = try decoder.kind(outOf: Works.all, name: { $0.kind }).init(from: decoder)
    }
}
