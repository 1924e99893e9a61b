internal import CRDT

/// Everything that anybody has done with the rights of one field, and what must be visible of it.
///
/// Of one origin only its last row is seen; where its numbers were used twice, what all its branches come to together.
struct RightsHistory {
    private struct State {
        let dot: Dot
        /// Others under which it was written again.
        var aliases: [Dot] = []
        let stamp: HLC
        var row: RightsRow

        func isHeld(by vector: VersionVector) -> Bool {
            vector.covers(dot) || aliases.contains { vector.covers($0) }
        }
    }

    /// By origin, then by the journal's names of its branches: each ascending.
    private var states: [Origin: [Origin: [State]]] = [:]
    /// Rows of lost incarnations as they were settled: they stand for whatever those have written, ascending by time.
    private var settled: [Origin: [State]] = [:]

    mutating func note(_ change: RightsChange, _ entry: JournalEntry, _ stamp: HLC, of origin: Origin) {
        if case .settle(let lost) = change { return settle(lost, entry, stamp, by: origin) }
        let name = entry.dot.origin
        var list = states[origin]?[name] ?? []
        let isSame = list.last?.dot == entry.dot
        var row = isSame ? list.removeLast().row : row(of: origin) { $0.isHeld(by: entry.seen) } ?? RightsRow()
        row.take(change)
        list.append(State(dot: entry.dot, stamp: stamp, row: row))
        states[origin, default: [:]][name] = list
    }

    private mutating func settle(_ lost: Origin, _ entry: JournalEntry, _ stamp: HLC, by registrar: Origin) {
        let rows = rows(at: entry.seen)
        var row = rows[lost] ?? RightsRow()
        row.request = nil
        let left = rows.rights(of: lost)
        if left > 0 { row.granted[registrar, default: 0] += UInt64(left) }
        // Nobody will decide what somebody has asked it for.
        for requester in rows.keys {
            if let request = rows.openRequest(of: requester, to: lost) { row.served[requester] = request.number }
        }
        settled[lost, default: []].append(State(dot: entry.dot, stamp: stamp, row: row))
    }

    mutating func alias(_ born: Dot, as dot: Dot) {
        for (origin, branches) in states {
            for (name, list) in branches {
                for index in list.indices where list[index].dot == born {
                    states[origin]?[name]?[index].aliases.append(dot)
                }
            }
        }
    }

    var dots: [Dot] { (states.values.flatMap { $0.values.joined() } + settled.values.joined()).map(\.dot) }

    /// All that have written here, by whatever name.
    var origins: Set<Origin> { Set(states.keys).union(states.values.flatMap(\.keys)) }

    func rows(at vector: VersionVector) -> [Origin: RightsRow] { rows { $0.isHeld(by: vector) } }

    /// What everything comes to.
    var everything: [Origin: RightsRow] { rows { _ in true } }

    private func rows(_ isHeld: (State) -> Bool) -> [Origin: RightsRow] {
        let own = states.keys.reduce(into: [:]) { $0[$1] = row(of: $1, isHeld) }
        return own.merging(settled.compactMapValues { $0.last(where: isHeld)?.row }) { $1 }
    }

    private func row(of origin: Origin, _ isHeld: (State) -> Bool) -> RightsRow? {
        let rows = (states[origin] ?? [:]).sorted { $0.key < $1.key }.compactMap { $0.value.last(where: isHeld)?.row }
        return rows.first.map { first in rows.dropFirst().reduce(first) { $0.joined(with: $1) } }
    }

    /// The cells of origins with one history each.
    func cells(of slot: SlotKey, at vector: VersionVector) -> [Cell] {
        func cell(_ list: [State]?, _ slot: SlotKey) -> Cell? {
            list?.last { vector.covers($0.dot) }.map { state in
                Cell(slot: slot, dot: state.dot, stamp: state.stamp, content: .value(.bytes(state.row.packed)))
            }
        }
        return states.values.compactMap { cell($0.values.first, slot) }
            + settled.compactMap { cell($1, SlotKey(field: slot.field, element: .index($0.rawValue))) }
    }
}
