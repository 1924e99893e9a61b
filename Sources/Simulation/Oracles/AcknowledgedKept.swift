internal import CRDT
internal import Replica

/// Nothing acknowledged is lost: a machine holds all that it has ever acknowledged, after every start and every commit.
struct AcknowledgedKept: Oracle {
    static let name = "acknowledged_kept"

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started(let node): try check(node, laboratory.journal.scopes, in: laboratory)
        case .changed(let node, let scopes): try check(node, scopes, in: laboratory)
        case .whole, .settled: break
        case .ended:
            for node in laboratory.world.nodes.indices { try check(node, laboratory.journal.scopes, in: laboratory) }
        }
    }

    private func check(_ node: Int, _ scopes: [Scope], in laboratory: Laboratory) throws {
        guard let replica = laboratory.world.nodes[node].replica else { return }
        let member = laboratory.world.nodes[node].member
        for scope in scopes {
            let vector = replica.vector(of: scope)
            for origin in laboratory.journal.origins(in: scope) where origin.member == member {
                guard let last = laboratory.journal.entries(of: origin, in: scope).last, !vector.covers(last.dot)
                else { continue }
                throw Self.violation(
                    "\(scope): the transaction \(last.dot.sequence), acknowledged at \(last.time) ms, is gone; it holds "
                        + "\(vector.sequence(of: origin))", at: node, in: laboratory)
            }
        }
    }
}
