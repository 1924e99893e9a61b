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
            let journal = laboratory.journal
            guard let vector = journal.vector(of: replica, in: scope) else { continue }
            for news in newcomers.take(of: scope, at: node, holding: vector, in: journal) {
                // What a writer sees only grows.
                guard let last = news.last, !vector.covers(last.seen),
                    let missing = journal.missing(from: vector, of: last.seen, in: scope).first
                else { continue }
                throw Self.violation(
                    "\(scope): holds the transaction \(last.dot.sequence) of member \(last.dot.origin.member), and not all "
                        + "that its writer had seen: not \(missing.dot.sequence) of member \(missing.dot.origin.member)",
                    at: node, in: laboratory)
            }
        }
    }
}
