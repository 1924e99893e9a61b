public import CRDT
public import Replica

/// Every transaction that was acknowledged in a run, as the laboratory states it: all that oracles know.
public struct Journal: Sendable {
    /// Ascending by sequence.
    private var entries: [Scope: [Origin: [JournalEntry]]] = [:]
    private var histories: [RecordKey: RecordHistory] = [:]
    public private(set) var transactionCount = 0
    /// By machine, what its disk could neither keep nor forget: each in the place of the one before.
    private var undecided: [Int: [Written]] = [:]

    fileprivate struct Written {
        let effects: [Effect]
        let receipt: Receipt
        let seen: [Scope: VersionVector]
        let time: Int64
    }

    public init() {}

    /// Takes in one transaction, which is durable.
    ///
    /// - Parameters:
    ///   - effects: of all scopes that it wrote to.
    ///   - seen: what its writer had seen of each.
    mutating func note(
        _ effects: [Effect], _ receipt: Receipt, seen: [Scope: VersionVector], at node: Int, _ time: Int64
    ) {
        undecided[node] = nil
        transactionCount += 1
        for part in receipt.dots {
            let vector = seen[part.scope] ?? VersionVector()
            let own = effects.filter { $0.key.scope == part.scope }
            for (index, effect) in own.enumerated() {
                let isRanked = ShopRules.isRanked(effect.key)
                var history = histories.removeValue(forKey: effect.key) ?? RecordHistory(isRanked: isRanked)
                history.note(effect, index, dot: part.dot, stamp: receipt.stamp, seen: vector)
                histories[effect.key] = history
            }
            let entry = JournalEntry(
                dot: part.dot, stamp: receipt.stamp, seen: vector, node: node, time: time, effects: own)
            entries[part.scope, default: [:]][part.dot.origin, default: []].append(entry)
        }
    }

    /// Remembers one that was not acknowledged, and may be there after a crash. The machine's next transaction settles that it is
    /// not.
    mutating func noteUndecided(
        _ effects: [Effect], _ receipt: Receipt, seen: [Scope: VersionVector], at node: Int, _ time: Int64
    ) {
        undecided[node, default: []].append(Written(effects: effects, receipt: receipt, seen: seen, time: time))
    }

    /// The machine has started again: what was undecided is there or is not, and stays so.
    ///
    /// - Returns: false if one is there in part.
    mutating func settleUndecided(at node: Int, in replica: Replica) throws -> Bool {
        for written in undecided.removeValue(forKey: node) ?? [] {
            let parts = written.receipt.dots.filter { replica.vector(of: $0.scope).covers($0.dot) }
            guard !parts.isEmpty, try written.isShown(by: replica) else { continue }
            guard parts.count == written.receipt.dots.count else { return false }
            note(written.effects, written.receipt, seen: written.seen, at: node, written.time)
            return true
        }
        return true
    }

    /// Ascending.
    public var scopes: [Scope] { entries.keys.sorted() }

    public func origins(in scope: Scope) -> [Origin] { (entries[scope] ?? [:]).keys.sorted() }

    /// What one origin wrote in a scope, ascending.
    public func entries(of origin: Origin, in scope: Scope) -> [JournalEntry] { entries[scope]?[origin] ?? [] }

    /// What one origin wrote beyond a sequence up to, and with, another.
    public func entries(of origin: Origin, in scope: Scope, beyond low: UInt64, upTo high: UInt64) -> ArraySlice<JournalEntry> {
        guard let list = entries[scope]?[origin] else { return [] }
        // Sequences have no gaps: a place is found by counting.
        guard let first = list.first?.dot.sequence else { return [] }
        let start = Int(clamping: low + 1 > first ? low + 1 - first : 0)
        let end = Int(clamping: high + 1 > first ? high + 1 - first : 0)
        return list[min(start, list.count)..<max(min(start, list.count), min(end, list.count))]
    }

    /// All that anybody has written in a scope.
    func everything(in scope: Scope) -> VersionVector {
        VersionVector(
            origins(in: scope).compactMap { origin in
                entries(of: origin, in: scope).last.map { .init(origin: origin, sequence: $0.dot.sequence) }
            })
    }

    public func history(of key: RecordKey) -> RecordHistory? { histories[key] }

    /// The records in which somebody may have to choose: by scope, ascending.
    var keysWithChoices: [Scope: [RecordKey]] {
        Dictionary(grouping: histories.filter { $0.value.mayOfferChoices }.keys.sorted(), by: \.scope)
    }

    /// The keys of a scope, ascending.
    public func keys(of scope: Scope) -> [RecordKey] { histories.keys.filter { $0.scope == scope }.sorted() }
}

extension Journal.Written {
    /// Whether anything of it is there: several may have had the same dot, one after the other.
    fileprivate func isShown(by replica: Replica) throws -> Bool {
        let dots = Set(receipt.dots.map(\.dot))
        return try effects.contains { effect in
            try replica.record(effect.key).cells.contains { dots.contains($0.dot) && $0.stamp == receipt.stamp }
        }
    }
}
