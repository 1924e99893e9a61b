internal import CRDT
internal import Replica

/// Nothing acknowledged is lost: a machine holds all that it has ever acknowledged or taken in, after every start and every
/// commit; after its disk was set back, what was there then and all that came since. What another member wrote, and somebody has
/// made up something else instead, it may lack until the end.
struct AcknowledgedKept: Oracle {
    static let name = "acknowledged_kept"

    private var held: [Int: [Scope: VersionVector]] = [:]

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started(let node):
            if let floor = laboratory.journal.floor(of: node) { held[node] = floor }
            let scopes = Set((held[node] ?? [:]).keys).union(laboratory.world.nodes[node].replica?.heldScopes ?? [])
            try check(node, scopes, in: laboratory)
        case .changed(let node, let scopes): try check(node, Set(scopes), in: laboratory)
        case .whole, .settled: break
        case .ended:
            for node in laboratory.world.nodes.indices {
                try check(node, Set((held[node] ?? [:]).keys), in: laboratory, isEnd: true)
            }
        }
    }

    private mutating func check(
        _ node: Int, _ scopes: Set<Scope>, in laboratory: Laboratory, isEnd: Bool = false
    ) throws {
        // One whose disk cannot be asked says too little of itself, and nothing to others.
        guard let replica = laboratory.world.nodes[node].replica, !replica.isStale else { return }
        let (journal, member) = (laboratory.journal, laboratory.world.nodes[node].member)
        for scope in scopes.sorted() {
            guard let now = journal.vector(of: replica, in: scope) else { continue }
            let before = held[node]?[scope] ?? VersionVector()
            held[node, default: [:]][scope] = before.joined(with: now)
            guard !now.covers(before) else { continue }
            let gone = journal.missing(from: now, of: before, in: scope).first { entry in
                isEnd || entry.dot.origin.member == member || !journal.isDisputed(entry, in: scope)
            }
            guard let gone else { continue }
            throw Self.violation(
                "\(scope): the transaction \(gone.dot.sequence) of member \(gone.dot.origin.member), acknowledged at "
                    + "\(gone.time) ms, is gone; it holds \(now.sequence(of: gone.dot.origin))", at: node, in: laboratory)
        }
    }
}
