internal import CRDT
internal import Replica

/// Somebody looks whether machines agree: of what is meant for all of them, each must hold what was written two minutes ago and any
/// of them holds.
struct MustAgree: Act {
    static let kind = "must_agree"

    let machines: [Int]

    private enum CodingKeys: String, CodingKey {
        case machines = "nodes"
    }

    private static let leastAgeMilliseconds: Int64 = 120_000

    var nodes: [Int] { machines }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let replicas = machines.compactMap { laboratory.world.nodes[$0].replica }
        guard replicas.count == machines.count else { return false }
        for scope in laboratory.journal.scopes {
            guard machines.allSatisfy({ Convergence.concerns(scope, laboratory.world.nodes[$0].member) }) else { continue }
            let vectors = replicas.map { $0.vector(of: scope) }
            for origin in laboratory.journal.origins(in: scope) {
                let old = laboratory.journal.entries(of: origin, in: scope).last { entry in
                    entry.time <= laboratory.world.now - Self.leastAgeMilliseconds && vectors.contains { $0.covers(entry.dot) }
                }
                guard let old, let index = vectors.firstIndex(where: { !$0.covers(old.dot) }) else { continue }
                throw Convergence.violation(
                    "\(scope): lacks the transaction \(old.dot.sequence) of member \(origin.member), which others of the nodes "
                        + "\(machines) hold", at: machines[index], in: laboratory)
            }
        }
        return true
    }
}
