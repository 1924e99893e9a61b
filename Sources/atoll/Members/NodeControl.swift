import Node

/// How a command reaches the node that runs on a directory: only that node may write there.
struct NodeControl: Sendable {
    /// - Throws: what the node refused, in the node's own words; `CommandError` if it cannot be reached.
    let ask: @Sendable (_ directory: String, RegistrarAct) throws -> RegistrarAct.Outcome

    static let current = NodeControl { directory, act in try act.ask(nodeIn: directory) }

    /// Has a decision made: by this process, or by the node that runs on the directory.
    static func decide(_ act: RegistrarAct, in directory: String) throws -> RegistrarAct.Outcome {
        let owned: ReplicaDirectory
        do {
            owned = try ReplicaDirectory.open(at: directory)
        } catch NodeError.locked {
            return try current.ask(directory, act)
        }
        guard !owned.isBehindHighWater else { throw NodeError.behindHighWater(directory: directory) }
        let outcome = try act.perform(on: owned, at: wallClockMilliseconds())
        try owned.writeHighWater()
        return outcome
    }
}
