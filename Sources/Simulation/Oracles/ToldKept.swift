internal import CRDT
internal import Replica
internal import Sync

/// What a machine has told another one to hold durably it holds after every start, unless its disk was set back.
struct ToldKept: Oracle {
    static let name = "told_kept"

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard case .started(let node) = observation else { return }
        let world = laboratory.world
        let machine = world.nodes[node]
        guard let replica = machine.replica, !world.hasDoubles, world.impostors.isEmpty, world.keptOut.isEmpty,
            world.nodes.allSatisfy({ $0.setBackCount == 0 && !$0.hasRot })
        else { return }
        for (other, told) in world.nodes.enumerated().map({ ($0, $1.told(by: machine.member)) }) where other != node {
            for (scope, vector) in told.sorted(by: { $0.key < $1.key }) {
                let held = replica.vector(of: scope)
                guard !held.covers(vector) else { continue }
                throw Self.violation(
                    "\(scope): holds \(held.entries.map(\.sequence)), and has told node \(other) that it holds "
                        + "\(vector.entries.map(\.sequence))", at: node, in: laboratory)
            }
        }
    }
}

extension SimulatedNode {
    /// What a member has told in the sessions that go on here.
    fileprivate func told(by member: UInt32) -> [Scope: VersionVector] {
        program?.hub.told.last { $0.peer == member }?.held ?? [:]
    }
}
