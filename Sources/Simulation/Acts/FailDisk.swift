/// Something goes wrong with a machine's disk, so many operations from now.
struct FailDisk: Act {
    static let kind = "fail_disk"

    /// The operations that are counted and can fail.
    enum Operations: String, CaseIterable, Codable, Sendable {
        case everything, reads, changes, syncs

        var set: Set<DiskOperation> {
            switch self {
            case .everything: Set(DiskOperation.allCases)
            case .reads: [.read]
            case .changes: DiskOperation.changes
            case .syncs: [.sync]
            }
        }
    }

    let node: Int
    let effect: DiskFault.Effect
    /// How many of them still succeed.
    let after: Int
    var operations: Operations?
    /// What the disk keeps if its power goes; nothing of what was not synced, if it is not said.
    var keeping: Survival?

    var nodes: [Int] { [node] }

    var flaw: String? { (0...1_000_000).contains(after) ? nil : "a disk fails after 0 to 1000000 operations" }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let fault = DiskFault(effect, after: after, of: (operations ?? .everything).set)
        laboratory.world.arm(fault, at: node, keeping: keeping ?? .nothing)
        return true
    }
}
