internal import CRDT
internal import Replica

/// Marks of removals go once everybody has seen the removals: when all has been whole for some minutes, no machine keeps any.
struct MarksGo: Oracle {
    static let name = "marks_go"

    private var isSettled = false

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started, .changed, .whole: break
        case .settled: isSettled = true
        case .ended:
            // Who may not sync has seen nothing, nor has anybody seen what was made up; and of two machines of one member each
            // speaks for the other.
            let world = laboratory.world
            guard isSettled, world.keptOut.isEmpty, world.impostors.isEmpty, !world.hasDoubles else { return }
            for node in laboratory.world.nodes.indices { try check(node, in: laboratory) }
        }
    }

    private func check(_ node: Int, in laboratory: Laboratory) throws {
        guard let replica = laboratory.world.nodes[node].replica else { return }
        for scope in replica.heldScopes {
            for key in try replica.keys(of: scope) {
                let marks = try laboratory.world.nodes[node].shown(key)?.cells.filter(\.isMark) ?? []
                guard let mark = marks.first else { continue }
                throw Self.violation("\(key): still marks \(mark.slot) as removed by \(mark.dot)", at: node, in: laboratory)
            }
        }
    }
}
