import CRDT
import Replica

/// Something that must never be; says what.
struct Violation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(description()) }
}

extension FoldOracle {
    /// Holds a scope of a replica against the fold of exactly the transactions under a vector.
    func check(_ replica: Replica, _ scope: Scope, at vector: VersionVector) throws {
        try require(
            replica.vector(of: scope) == vector, "\(scope): vector \(replica.vector(of: scope).entries), not \(vector.entries)")
        let listed = Set(try replica.keys(of: scope))
        for key in keys[scope] ?? [] {
            let record = try replica.record(key)
            record.checkInvariants()
            try check(record, key, at: vector) { replica.run(of: $0, in: scope) }
            try require(record.isEmpty || listed.contains(key), "\(key) holds cells and is not listed")
        }
        try require(listed.isSubset(of: keys[scope] ?? []), "keys are listed that nobody wrote")
    }

    func check(_ record: Record, _ key: RecordKey, at vector: VersionVector, runOf: (Dot) -> Run?) throws {
        let expected = cells(key, at: vector)
        let found = record.cells.filter { !$0.isMark }
        let isEqual = found.elementsEqual(expected) { cell, wanted in
            key.collection == TestSchema.ticket.number && cell.slot.field == TestSchema.Ticket.quota
                ? cell.slot == wanted.slot && cell.dot == wanted.dot && cell.stamp == wanted.stamp : cell == wanted
        }
        try require(isEqual, "\(key): cells \(found), not \(expected)")
        let traces = visible(key, at: vector)
        switch key.collection {
        case TestSchema.ticket.number:
            try checkRegisters(record, expected, of: [TestSchema.Ticket.title, TestSchema.Ticket.note], key)
            try checkElements(record, expected, of: [TestSchema.Ticket.labels, TestSchema.Ticket.prices], key)
            try checkProgress(record, traces, key)
            try checkFacts(record, traces, of: TestSchema.Ticket.moves, key, runOf)
            let quota = traces.filter { $0.effect.slot.field == TestSchema.Ticket.quota }
            let rows = EscrowFold(record.escrow(TestSchema.Ticket.quota))
            try require(rows == EscrowFold(quota), "\(key): escrow \(rows), not \(EscrowFold(quota))")
        case TestSchema.tally.number:
            for field in [TestSchema.Tally.balance, TestSchema.Tally.corrected] {
                try checkCounter(record, traces, of: field, key)
            }
            try checkFacts(record, traces, of: TestSchema.Tally.corrections, key, runOf)
        default:
            try checkElements(record, expected, of: [TestSchema.Album.stickers], key)
            try checkFacts(record, traces, of: TestSchema.Album.events, key, runOf)
        }
    }

    private func checkRegisters(_ record: Record, _ live: [Cell], of fields: [UInt32], _ key: RecordKey) throws {
        for field in fields { try check(record.register(SlotKey(field: field)), live.filter { $0.slot.field == field }, key) }
    }

    private func check(_ register: Register?, _ live: [Cell], _ key: RecordKey) throws {
        let ranked = live.sorted { ($0.stamp, $0.dot) > ($1.stamp, $1.dot) }
        try require(register?.winner == ranked.first, "\(key): winner \(String(describing: register)), of \(ranked)")
        let losers = ranked.indices.dropFirst().filter { index in
            !ranked[..<index].contains { $0.content == ranked[index].content }
        }.map { ranked[$0] }
        try require((register?.losers ?? []) == losers, "\(key): losers \(String(describing: register)), of \(ranked)")
    }

    private func checkElements(_ record: Record, _ live: [Cell], of fields: [UInt32], _ key: RecordKey) throws {
        for field in fields {
            let cells = live.filter { $0.slot.field == field }
            let entries = record.elements(field).entries
            try require(
                entries.map(\.element) == Set(cells.map(\.slot.element)).sorted(), "\(key): elements \(entries), of \(cells)")
            for entry in entries { try check(entry.register, cells.filter { $0.slot.element == entry.element }, key) }
        }
    }

    private func checkProgress(_ record: Record, _ traces: [Trace], _ key: RecordKey) throws {
        let states = Set(traces.compactMap { if case .advance(let state) = $0.effect.change { state } else { nil } })
        let heads = states.filter { TestSchema.above[$0, default: []].isDisjoint(with: states) }.sorted()
        let progress = record.progress(TestSchema.Ticket.state, in: TestSchema.lattice)
        let joined: Int64? = heads.count > 1 ? 5 : heads.first
        try require(progress.heads == heads && progress.joined == joined, "\(key): \(progress), not \(heads)")
    }

    private func checkCounter(_ record: Record, _ traces: [Trace], of field: UInt32, _ key: RecordKey) throws {
        let counted = Self.count(traces.filter { $0.effect.slot.field == field })
        let counter = record.counter(field)
        let isRight =
            counter.increments == counted.increments && counter.decrements == counted.decrements
            && counter.value == Int64(counted.increments) - Int64(counted.decrements)
        try require(isRight, "\(key): \(counter), not \(counted)")
    }

    private func checkFacts(
        _ record: Record, _ traces: [Trace], of field: UInt32, _ key: RecordKey, _ runOf: (Dot) -> Run?
    ) throws {
        let expected = traces.compactMap { trace -> StatedFact? in
            guard trace.effect.slot.field == field, case .fact(let value) = trace.effect.change,
                case .index(let index) = trace.effect.slot.element
            else { return nil }
            return StatedFact(
                id: FactID(run: trace.run, sequence: trace.dot.sequence, index: index), dot: trace.dot, value: value)
        }
        let facts = record.facts(field, runOf: runOf).map { StatedFact(id: $0.id, dot: $0.dot, value: $0.value) }
        try require(facts == expected.sorted { $0.id < $1.id }, "\(key): facts \(facts), not \(expected)")
    }

    private struct StatedFact: Equatable {
        let id: FactID
        let dot: Dot
        let value: Value
    }
}
