internal import CRDT
internal import Replica

/// Nothing is there that nobody has written: what a machine claims to hold lies within what was acknowledged.
struct NothingInvented: Oracle {
    static let name = "nothing_invented"

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started(let node): try check(node, nil, in: laboratory)
        case .changed(let node, let scopes): try check(node, scopes, in: laboratory)
        case .whole, .settled: break
        case .ended: for node in laboratory.world.nodes.indices { try check(node, nil, in: laboratory) }
        }
    }

    private func check(_ node: Int, _ scopes: [Scope]?, in laboratory: Laboratory) throws {
        guard let replica = laboratory.world.nodes[node].replica else { return }
        for scope in scopes ?? replica.heldScopes {
            guard let vector = laboratory.journal.vector(of: replica, in: scope) else {
                throw Self.violation("\(scope): holds a history that nobody has written", at: node, in: laboratory)
            }
            for entry in vector.entries {
                let last = laboratory.journal.entries(of: entry.origin, in: scope).last?.dot.sequence ?? 0
                guard entry.sequence > last else { continue }
                throw Self.violation(
                    "\(scope): holds \(entry.sequence) transactions of member \(entry.origin.member), who made \(last)",
                    at: node, in: laboratory)
            }
        }
    }
}
