internal import CRDT
internal import Replica

/// No more is promised than there are rights, wherever each promise was made; every machine shows what it may still promise, and no
/// right comes or goes but by what somebody did with it. At the end every request that somebody can decide is decided.
///
/// Where a machine went on from an older state of its disk, it has promised twice out of the same rights: there only what is shown
/// is looked at.
struct BoundedCounters: Oracle {
    static let name = "bounded_counters"

    private var newcomers = Newcomers()

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .changed(let node, let scopes):
            guard scopes.contains(QuotaSchema.scope) else { return }
            for key in touched(at: node, in: laboratory) { try look(at: key, node, laboratory) }
        case .settled: try checkDecided(in: laboratory)
        case .started, .whole, .ended: break
        }
    }

    private mutating func touched(at node: Int, in laboratory: Laboratory) -> [RecordKey] {
        let (journal, scope) = (laboratory.journal, QuotaSchema.scope)
        guard let replica = laboratory.world.nodes[node].replica, let vector = journal.vector(of: replica, in: scope)
        else { return [] }
        let news = newcomers.take(of: scope, at: node, holding: vector, in: journal)
        return Set(news.joined().flatMap { $0.effects.map(\.key) }.filter(ShopRules.hasRights)).sorted()
    }

    private func look(at key: RecordKey, _ node: Int, _ laboratory: Laboratory) throws {
        let journal = laboratory.journal
        guard let history = journal.history(of: key), let replica = laboratory.world.nodes[node].replica,
            let vector = journal.vector(of: replica, in: key.scope),
            let shown = try laboratory.world.nodes[node].shown(key)?.escrow(QuotaSchema.rights)
        else { return }
        let all = history.rights(QuotaSchema.rights)
        if !history.isEntangled, all.inUse > all.minted {
            throw Self.violation("\(key): \(all.inUse) promised, of \(all.minted)", at: node, in: laboratory)
        }
        let own = replica.identity.origin
        let (due, found) = (history.rights(QuotaSchema.rights, at: vector).rights(of: own), shown.rights(of: own))
        guard found == due, found >= 0 else {
            throw Self.violation("\(key): shows \(found) rights of its own, and should \(due)", at: node, in: laboratory)
        }
        let holders = Set(shown.rows.keys).union(shown.rows.values.flatMap(\.granted.keys))
        let left = holders.reduce(0) { $0 + shown.rights(of: $1) }
        guard left + Int64(shown.inUse) == Int64(shown.minted) else {
            throw Self.violation(
                "\(key): \(left) rights left and \(shown.inUse) in use, of \(shown.minted)", at: node, in: laboratory)
        }
    }

    /// Whoever lives has been asked, and has answered.
    private func checkDecided(in laboratory: Laboratory) throws {
        guard !laboratory.world.hasDoubles else { return }
        let (journal, machines) = (laboratory.journal, laboratory.world.nodes)
        let living = machines.compactMap { $0.replica?.identity.origin }
        for (node, machine) in machines.enumerated() {
            guard let replica = machine.replica, let vector = journal.vector(of: replica, in: QuotaSchema.scope) else {
                continue
            }
            for key in journal.keys(of: QuotaSchema.scope) where ShopRules.hasRights(key) {
                let rows = journal.history(of: key)?.rights(QuotaSchema.rights, at: vector) ?? [:]
                let open = living.first { rows.openRequest(of: $0, to: replica.identity.origin) != nil }
                guard let open else { continue }
                throw Self.violation("\(key): has not decided what member \(open.member) asks", at: node, in: laboratory)
            }
        }
    }
}
