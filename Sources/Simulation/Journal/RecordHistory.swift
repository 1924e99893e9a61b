public import CRDT

/// Everything that was ever written to one record, and what must be visible of it to whoever holds the transactions under a
/// vector: worked out from the meaning of each change, with nothing of the engine's join, rows or views.
///
/// A statement is visible if its dot is under the vector, and is replaced by visible statements in its slot whose writers had
/// seen it. Of a counter each origin's share is the sum of what it counted.
public struct RecordHistory: Sendable {
    private struct Trace: Sendable {
        let dot: Dot
        /// Others under which it was written again.
        var aliases: [Dot] = []
        let stamp: HLC
        let seen: VersionVector
        /// Its place within its transaction.
        let index: Int
        let change: Effect.Change
        /// Places of the traces that replace it.
        var replacements: [Int] = []

        func saw(_ other: Trace) -> Bool {
            other.isHeld(by: seen) || other.dot == dot && other.index < index
        }

        func isHeld(by vector: VersionVector) -> Bool {
            vector.covers(dot) || aliases.contains { vector.covers($0) }
        }

        /// Whether this one takes the place of another that its writer had seen.
        func replaces(_ other: Trace) -> Bool {
            switch (change, other.change) {
            case (.advance(let later), .advance(let state)): ShopRules.statusesAbove[state, default: []].contains(later)
            case (.assign, _), (.remove, _): true
            case (.advance, _), (.count, _), (.fact, _), (.rights, _): false
            }
        }
    }

    /// What one origin has counted up to and with a transaction.
    fileprivate struct Share: Sendable {
        let sequence: UInt64
        let stamp: HLC
        var count: Count
    }

    private var traces: [SlotKey: [Trace]] = [:]
    private var shares: [SlotKey: [Origin: [Share]]] = [:]
    /// What was counted, one by one: what shares are made of.
    private var counts: [SlotKey: [Trace]] = [:]
    private var rights: [SlotKey: RightsHistory] = [:]
    /// Something in it was written again under another dot, or may be: what is to be seen of it is still known (`meaning`), but
    /// not which cells say so.
    public private(set) var isEntangled = false
    private var ended: Set<Origin> = []
    /// Fields whose sums nobody can foretell: what was counted is lost, and facts that say so may not be.
    private var doubtfulCounts: Set<UInt32> = []
    /// Transactions whose statements carry no stamp: nothing in such a record is ranked by time.
    private let isRanked: Bool

    init(isRanked: Bool) {
        self.isRanked = isRanked
    }

    /// - Parameter origin: whose entry it is, by its own name.
    mutating func note(_ effect: Effect, _ index: Int, _ entry: JournalEntry, of origin: Origin) {
        let stamp = isRanked ? entry.stamp : .none
        let trace = Trace(dot: entry.dot, stamp: stamp, seen: entry.seen, index: index, change: effect.change)
        if case .count(let amount) = effect.change {
            counts[effect.slot, default: []].append(trace)
            return count(amount, effect.slot, entry.dot, stamp)
        }
        if case .rights(let change) = effect.change {
            return rights[effect.slot, default: RightsHistory()].note(change, entry, stamp, of: origin)
        }
        var list = traces.removeValue(forKey: effect.slot) ?? []
        for other in list.indices where trace.saw(list[other]) && trace.replaces(list[other]) {
            list[other].replacements.append(list.count)
        }
        list.append(trace)
        traces[effect.slot] = list
    }

    private mutating func count(_ amount: Int64, _ slot: SlotKey, _ dot: Dot, _ stamp: HLC) {
        var own = shares[slot]?.removeValue(forKey: dot.origin) ?? []
        var count = own.last?.count ?? Count()
        if amount > 0 { count.increments += UInt64(amount) } else { count.decrements += UInt64(-amount) }
        if own.last?.sequence == dot.sequence { own.removeLast() }
        own.append(Share(sequence: dot.sequence, stamp: stamp, count: count))
        shares[slot, default: [:]][dot.origin] = own
    }

    mutating func entangle() { isEntangled = true }

    /// An origin has two histories, or has ended.
    mutating func entangle(_ origin: Origin) {
        isEntangled = true
        ended.insert(origin)
    }

    /// A transaction was written again under another dot.
    mutating func alias(_ born: Dot, as dot: Dot) {
        entangle()
        for slot in traces.keys { Self.alias(born, as: dot, in: &traces[slot, default: []]) }
        for slot in counts.keys { Self.alias(born, as: dot, in: &counts[slot, default: []]) }
        for slot in rights.keys { rights[slot]?.alias(born, as: dot) }
    }

    private static func alias(_ born: Dot, as dot: Dot, in list: inout [Trace]) {
        for index in list.indices where list[index].dot == born { list[index].aliases.append(dot) }
    }

    /// What was counted here by a transaction is lost, while other parts of the transaction are not.
    mutating func loseCount(of dot: Dot) {
        for (slot, list) in counts where list.contains(where: { $0.dot == dot }) { doubtfulCounts.insert(slot.field) }
    }

    /// The transactions that have written here, of those under a vector.
    func dots(under vector: VersionVector) -> Set<Dot> {
        let dots = [traces, counts].flatMap { $0.values.joined() }.map(\.dot) + rights.values.flatMap(\.dots)
        return Set(dots.filter { vector.covers($0) })
    }

    /// Whether some of these have counted here.
    func hasShares(of origins: [Origin]) -> Bool { shares.values.contains { own in origins.contains { own[$0] != nil } } }

    /// Whether some of these have counted here, or have had rights.
    func counts(of origins: Set<Origin>) -> Bool {
        shares.values.contains { !origins.isDisjoint(with: $0.keys) }
            || rights.values.contains { !origins.isDisjoint(with: $0.origins) }
    }

    /// What each origin did with the rights of a field, as whoever holds the transactions under a vector must be shown it.
    func rights(_ field: UInt32, at vector: VersionVector) -> [Origin: RightsRow] {
        rights[SlotKey(field: field)]?.rows(at: vector) ?? [:]
    }

    /// What an origin decides of what others have asked it for, one after the other: as much as there is.
    func decisions(of grantor: Origin, at vector: VersionVector, hasEnded: (Origin) -> Bool) -> [RightsChange] {
        var decisions: [RightsChange] = []
        for history in rights.values {
            var rows = history.rows(at: vector)
            for requester in rows.keys.sorted() where !hasEnded(requester) {
                guard let request = rows.openRequest(of: requester, to: grantor) else { continue }
                let amount = min(request.amount, UInt64(max(0, rows.rights(of: grantor))))
                let decision = RightsChange.grant(amount, to: requester, number: request.number)
                rows[grantor, default: RightsRow()].take(decision)
                decisions.append(decision)
            }
        }
        return decisions
    }

    /// The same of everything that anybody has done.
    func rights(_ field: UInt32) -> [Origin: RightsRow] { rights[SlotKey(field: field)]?.everything ?? [:] }

    /// What whoever holds the transactions under a vector must be shown, under whatever dots.
    public func meaning(at vector: VersionVector) -> RecordMeaning {
        var meaning = RecordMeaning()
        for (slot, list) in traces {
            for trace in list where trace.isHeld(by: vector) {
                guard !trace.replacements.contains(where: { list[$0].isHeld(by: vector) }) else { continue }
                switch trace.change {
                case .assign(let value): meaning.values[slot, default: []].insert(value)
                case .advance(let state): meaning.values[slot, default: []].insert(.integer(state))
                case .fact(let fact): meaning.facts[slot.field, default: [:]][fact, default: 0] += 1
                case .remove, .count, .rights: continue
                }
            }
        }
        for (slot, history) in rights { meaning.rights[slot.field] = settled(history.rows(at: vector)) }
        for (slot, list) in counts where !doubtfulCounts.contains(slot.field) {
            let amounts = list.filter { $0.isHeld(by: vector) }.map { trace in
                if case .count(let amount) = trace.change { amount } else { Int64(0) }
            }
            if !amounts.isEmpty { meaning.counts[slot.field] = amounts.reduce(0, +) }
        }
        return meaning
    }

    /// What a replica shows of the record, in the same terms.
    ///
    /// - Parameter runOf: the run under which a dot's transaction was made: part of the identity of its facts.
    public func meaning(of record: Record, runOf: (Dot) -> Run?) -> RecordMeaning {
        var meaning = RecordMeaning()
        let factFields = Set(
            traces.filter { _, list in list.contains { if case .fact = $0.change { true } else { false } } }.map(\.key.field))
        let countFields = Set(counts.keys.map(\.field))
        let rightsFields = Set(rights.keys.map(\.field))
        for field in rightsFields { meaning.rights[field] = settled(record.escrow(field).rows.mapValues(RightsRow.init)) }
        for field in factFields {
            for fact in record.facts(field, runOf: runOf) { meaning.facts[field, default: [:]][fact.value, default: 0] += 1 }
        }
        for cell in record.cells where !cell.isMark {
            if factFields.contains(cell.slot.field) || rightsFields.contains(cell.slot.field) { continue }
            if countFields.contains(cell.slot.field) {
                if doubtfulCounts.contains(cell.slot.field) { continue }
                meaning.counts[cell.slot.field] = record.counter(cell.slot.field).value
            } else if let value = cell.value {
                meaning.values[cell.slot, default: []].insert(value)
            }
        }
        return meaning
    }

    /// Of what has ended only totals are compared.
    private func settled(_ rows: [Origin: RightsRow]) -> [Origin: RightsRow] {
        rows.reduce(into: [:]) { settled, row in
            settled[row.key] = row.value
            if ended.contains(row.key) { settled[row.key]?.request = nil }
        }
    }

    /// The cells that the record must have, but for touch marks: ascending by slot, then by dot.
    public func cells(at vector: VersionVector) -> [Cell] {
        var cells: [Cell] = []
        for (slot, list) in traces {
            for trace in list where vector.covers(trace.dot) {
                guard !trace.replacements.contains(where: { vector.covers(list[$0].dot) }) else { continue }
                let value: Value
                switch trace.change {
                case .assign(let assigned): value = assigned
                case .advance(let state): value = .integer(state)
                case .fact(let fact): value = fact
                case .remove, .count, .rights: continue
                }
                cells.append(Cell(slot: slot, dot: trace.dot, stamp: trace.stamp, content: .value(value)))
            }
        }
        for (slot, origins) in shares {
            for (origin, list) in origins {
                guard let share = list.last(upTo: vector.sequence(of: origin)) else { continue }
                let dot = Dot(origin: origin, sequence: share.sequence)
                cells.append(Cell(slot: slot, dot: dot, stamp: share.stamp, content: .value(.count(share.count))))
            }
        }
        for (slot, history) in rights { cells += history.cells(of: slot, at: vector) }
        return cells.sorted { ($0.slot, $0.dot) < ($1.slot, $1.dot) }
    }

    /// Whether somebody may have to choose: several machines have written to one slot, and may not have seen each other, or one
    /// has gone two ways with an order.
    var mayOfferChoices: Bool {
        traces.values.contains { list in
            list.dropFirst().contains { trace in
                if case .advance = trace.change { true } else { trace.dot.origin != list[0].dot.origin }
            }
        }
    }

    /// Where more than one thing is said, and nobody who has seen that has decided between them: the values of each such slot, or
    /// the states of which none lies above another. Ascending by slot.
    func choices(at vector: VersionVector) -> [(slot: SlotKey, values: Set<Value>)] {
        let choices = traces.map { slot, list in
            let live = list.filter { trace in
                trace.isHeld(by: vector) && !trace.replacements.contains { list[$0].isHeld(by: vector) }
            }
            let states = live.compactMap { if case .advance(let state) = $0.change { state } else { nil } }
            let heads = states.filter { ShopRules.statusesAbove[$0, default: []].isDisjoint(with: states) }
            let values = live.compactMap { if case .assign(let value) = $0.change { value } else { nil } }
            return (slot: slot, values: Set(values + heads.map(Value.integer)))
        }
        return choices.filter { $0.values.count > 1 }.sorted { $0.slot < $1.slot }
    }

    /// What a person reads in each slot of which only one thing can be read; nil where nothing stands. Ascending by slot.
    func readings(at vector: VersionVector) -> [(slot: SlotKey, value: Value?)] {
        let readings = traces.compactMap { slot, list -> (slot: SlotKey, value: Value?)? in
            let live = list.filter { trace in
                trace.isHeld(by: vector) && !trace.replacements.contains { list[$0].isHeld(by: vector) }
            }
            if list.contains(where: { if case .fact = $0.change { true } else { false } }) { return nil }
            let states = live.compactMap { if case .advance(let state) = $0.change { state } else { nil } }
            if !states.isEmpty { return (slot, ShopRules.statusRead(of: states).map(Value.integer)) }
            let values = live.compactMap { trace in
                if case .assign(let value) = trace.change { (rank: (trace.stamp, trace.dot), value: value) } else { nil }
            }
            return (slot, values.max { $0.rank < $1.rank }?.value)
        }
        return readings.sorted { $0.slot < $1.slot }
    }

    /// The states that a progress field was moved to, as far as somebody has seen.
    public func states(of field: UInt32, at vector: VersionVector) -> Set<Int64> {
        Set(
            (traces[SlotKey(field: field)] ?? []).compactMap { trace in
                guard trace.isHeld(by: vector), case .advance(let state) = trace.change else { return nil }
                return state
            })
    }

    /// Whether a slot holds anything that somebody sees.
    public func isEmpty(_ slot: SlotKey, at vector: VersionVector) -> Bool {
        let list = traces[slot] ?? []
        return !list.contains { trace in
            if case .remove = trace.change { return false }
            return trace.isHeld(by: vector) && !trace.replacements.contains { list[$0].isHeld(by: vector) }
        }
    }
}

extension [RecordHistory.Share] {
    /// The last one at or below a sequence, in logarithmic time.
    fileprivate func last(upTo sequence: UInt64) -> RecordHistory.Share? {
        let end = partition(behind: sequence)
        return end == 0 ? nil : self[end - 1]
    }

    private func partition(behind sequence: UInt64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
