internal import CRDT
internal import Replica

/// When HQ takes over the rights of a lost store, it knows all that anybody knows of that one, and counts all that it knows; and
/// nobody writes under an incarnation that it knows to be closed. At the end it has taken over all that it was asked to.
struct FencesHold: Oracle {
    static let name = "fences_hold"

    private var newcomers = Newcomers()
    private var lookedAt = 0

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        if case .ended = observation, let member = laboratory.world.unsettled.min() {
            throw Self.violation(
                "has not taken over the rights of member \(member), although all others have had their time to answer", at: 0,
                in: laboratory)
        }
        guard case .changed(let node, let scopes) = observation else { return }
        let fences = laboratory.journal.fences
        guard !fences.isEmpty else { return }
        for fence in fences[lookedAt...] {
            try checkDelivered(fence, in: laboratory)
            if node == 0 { try checkCounted(fence, in: laboratory) }
        }
        lookedAt = fences.count
        for scope in scopes { try checkWriter(scope, node, fences, in: laboratory) }
    }

    private func checkDelivered(_ fence: Journal.Fence, in laboratory: Laboratory) throws {
        let out = laboratory.world.keptOut
        for (node, machine) in laboratory.world.nodes.enumerated() where !out.contains(machine.member) {
            guard let replica = machine.replica else { continue }
            for scope in replica.heldScopes {
                let (known, own) = (fence.known[scope] ?? VersionVector(), replica.vector(of: scope))
                guard let origin = fence.lost.first(where: { own.sequence(of: $0) > known.sequence(of: $0) }) else { continue }
                throw Self.violation(
                    "\(scope): holds \(own.sequence(of: origin)) transactions of member \(origin.member), whose rights HQ has "
                        + "taken over knowing \(known.sequence(of: origin))", at: node, in: laboratory)
            }
        }
    }

    /// Counters of the lost one show what the facts say, whatever it had counted itself.
    private func checkCounted(_ fence: Journal.Fence, in laboratory: Laboratory) throws {
        let (machine, journal) = (laboratory.world.nodes[0], laboratory.journal)
        guard let replica = machine.replica, !machine.isDiskTroubled else { return }
        for scope in fence.known.keys.sorted() {
            guard let vector = journal.vector(of: replica, in: scope) else { continue }
            for key in journal.keys(of: scope) {
                guard let history = journal.history(of: key), history.hasShares(of: fence.lost),
                    let record = try machine.shown(key)
                else { continue }
                let should = history.meaning(at: vector).counts
                let found = history.meaning(of: record) { replica.run(of: $0, in: scope) }.counts
                guard found != should else { continue }
                throw Self.violation(
                    "\(key): counts \(found), and should \(should), as its rights are taken over", at: 0, in: laboratory)
            }
        }
    }

    private mutating func checkWriter(
        _ scope: Scope, _ node: Int, _ fences: [Journal.Fence], in laboratory: Laboratory
    ) throws {
        guard let replica = laboratory.world.nodes[node].replica,
            let vector = laboratory.journal.vector(of: replica, in: scope)
        else { return }
        for news in newcomers.take(of: scope, at: node, holding: vector, in: laboratory.journal) {
            guard let last = news.last, last.node == node, !last.isWrittenAgain, !last.effects.isEmpty else { continue }
            for fence in fences where fence.closed.contains(last.dot.origin) {
                guard let closing = fence.closings[scope], last.seen.covers(closing) else { continue }
                throw Self.violation(
                    "\(scope): writes \(last.dot.sequence) under an incarnation that it knows to be closed", at: node,
                    in: laboratory)
            }
        }
    }
}
