internal import CRDT
internal import Replica

/// Whoever shows a transaction shows all that its writer had seen in the same scope.
struct Causality: Oracle {
    static let name = "causality"

    private var newcomers = Newcomers()

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        guard case .changed(let node, let scopes) = observation, let replica = laboratory.world.nodes[node].replica
        else { return }
        for scope in scopes {
            let vector = replica.vector(of: scope)
            for news in newcomers.take(of: scope, at: node, holding: vector, in: laboratory.journal) {
                // What a writer sees only grows.
                guard let last = news.last, !vector.covers(last.seen) else { continue }
                throw Self.violation(
                    "\(scope): holds the transaction \(last.dot.sequence) of member \(last.dot.origin.member), and not all "
                        + "that its writer had seen", at: node, in: laboratory)
            }
        }
    }
}
