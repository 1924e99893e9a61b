internal import CRDT
internal import Replica

/// What somebody has made up in the name of another member never passes for that member's own word: whoever has taken it in says
/// that it came by others, until a machine of that member has taken it for its own past. Where the member has really written under
/// the same number, both may show together, and nobody is asked.
struct ForgeriesMarked: Oracle {
    static let name = "forgeries_marked"

    /// By the journal's names.
    private var adopted: [Scope: Set<Dot>] = [:]

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started(let node):
            try check(node, laboratory.world.nodes[node].replica?.heldScopes ?? [], in: laboratory)
        case .changed(let node, let scopes): try check(node, scopes, in: laboratory)
        case .whole, .settled: break
        case .ended:
            for (node, machine) in laboratory.world.nodes.enumerated() {
                try check(node, machine.replica?.heldScopes ?? [], in: laboratory)
            }
        }
    }

    private mutating func check(_ node: Int, _ scopes: [Scope], in laboratory: Laboratory) throws {
        let (machine, journal) = (laboratory.world.nodes[node], laboratory.journal)
        guard let replica = machine.replica else { return }
        for scope in scopes {
            let forgeries = journal.forgeries(in: scope)
            guard !forgeries.isEmpty, let vector = journal.vector(of: replica, in: scope) else { continue }
            let spans = replica.relayed[scope] ?? []
            for (dot, origin) in forgeries where vector.covers(dot) {
                // With whose certificate somebody calls, in that one's name he can vouch for anything.
                guard !laboratory.world.impostors.contains(origin.member) else { continue }
                if origin.member == machine.member { adopted[scope, default: []].insert(dot) }
                let isMarked = spans.contains { span in
                    span.origin == origin && span.beyond < dot.sequence && dot.sequence <= span.upTo
                }
                guard !isMarked, adopted[scope]?.contains(dot) != true else { continue }
                // Whoever has heard of the real one under that number may show both together.
                guard !journal.isBesideReal(dot, of: origin, in: scope) else { continue }
                throw Self.violation(
                    "\(scope): holds a transaction \(dot.sequence) that somebody has made up in the name of member "
                        + "\(origin.member), and takes it for that member's own", at: node, in: laboratory)
            }
        }
    }
}
