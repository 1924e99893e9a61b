internal import CRDT
internal import Replica
internal import Retail

/// What a machine shows of an order's progress never goes back between two looks at it, unless its disk
/// was set back: each state that it has shown is there, or one above it is.
struct StatusNeverBack: Oracle {
    static let name = "status_never_back"

    /// What was shown by one machine since its disk was last set back.
    private struct Looks {
        var setBackCount = 0
        var shown: [RecordKey: Set<Int64>] = [:]
        /// The orders that were looked at last, to be looked at again after a start.
        var last: [RecordKey] = []
    }

    private var newcomers = Newcomers()
    private var looks: [Int: Looks] = [:]
    private static let recheckedOrders = 64

    mutating func observe(_ observation: Observation, in laboratory: Laboratory) throws {
        switch observation {
        case .started(let node):
            let count = laboratory.world.nodes[node].setBackCount
            if looks[node]?.setBackCount ?? 0 != count { looks[node] = Looks(setBackCount: count) }
            for key in looks[node]?.last ?? [] { try look(at: key, node, in: laboratory) }
        case .changed(let node, let scopes): for scope in scopes { try look(at: scope, node, in: laboratory) }
        case .whole, .settled: break
        case .ended:
            for node in laboratory.world.nodes.indices {
                for key in (looks[node]?.shown.keys ?? [:].keys).sorted() { try look(at: key, node, in: laboratory) }
            }
        }
    }

    private mutating func look(at scope: Scope, _ node: Int, in laboratory: Laboratory) throws {
        guard scope.kind == .books, let replica = laboratory.world.nodes[node].replica else { return }
        guard let vector = laboratory.journal.vector(of: replica, in: scope) else { return }
        var moved: Set<RecordKey> = []
        for news in newcomers.take(of: scope, at: node, holding: vector, in: laboratory.journal) {
            for effect in news.lazy.flatMap(\.effects) { if case .advance = effect.change { moved.insert(effect.key) } }
        }
        for key in moved.sorted() {
            try look(at: key, node, in: laboratory)
            looks[node]?.last.append(key)
        }
        let excess = (looks[node]?.last.count ?? 0) - Self.recheckedOrders
        if excess > Self.recheckedOrders { looks[node]?.last.removeFirst(excess) }
    }

    private mutating func look(at key: RecordKey, _ node: Int, in laboratory: Laboratory) throws {
        guard let record = try laboratory.world.nodes[node].shown(key) else { return }
        var now: Set<Int64> = []
        for cell in record[SlotKey(field: RetailSchema.Order.status)] {
            if case .value(.integer(let state)) = cell.content { now.insert(state) }
        }
        let before = looks[node, default: Looks()].shown.updateValue(now, forKey: key) ?? []
        for state in before.sorted() where !now.contains(state) {
            guard ShopRules.statusesAbove[state, default: []].isDisjoint(with: now) else { continue }
            throw Self.violation("\(key): shows \(now.sorted()), and has shown \(state)", at: node, in: laboratory)
        }
    }
}
