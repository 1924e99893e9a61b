import Foundation
import Node
import Replica

/// How a command reaches the node that runs on a directory: only that node may write there.
struct NodeControl: Sendable {
    /// - Throws: what the node refused, in the node's own words; `CommandError` if it cannot be reached.
    let ask: @Sendable (_ directory: String, RegistrarAct) throws -> RegistrarAct.Outcome

    static let current = NodeControl { directory, act in try act.ask(nodeIn: directory) }

    /// Has a decision made: by this process, or by the node that runs on the directory.
    static func decide(_ act: RegistrarAct, in directory: String) throws -> RegistrarAct.Outcome {
        try reach(directory) { owned in
            try act.perform(on: owned, at: wallClockMilliseconds())
        } ask: {
            try current.ask(directory, act)
        }
    }

    /// Has something done by this process, durably, or by the node that runs on the directory. A node that has just been started owns
    /// the directory before it can be asked: it is waited for.
    static func reach<Result>(
        _ directory: String, own: (ReplicaDirectory) throws -> Result, ask: () throws -> Result
    ) throws -> Result {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            do {
                let owned = try ReplicaDirectory.open(at: directory)
                guard !owned.isBehindHighWater else { throw NodeError.behindHighWater(directory: directory) }
                let result = try own(owned)
                try owned.replica.commit()
                try owned.writeHighWater()
                return result
            } catch NodeError.locked {
                do {
                    return try ask()
                } catch ControlError.noNode where ContinuousClock.now < deadline {
                    try Interruption.check()
                    Thread.sleep(forTimeInterval: 0.05)
                }
            }
        }
    }
}
