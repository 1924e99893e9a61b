import CRDT
import Replica
import Testing

/// What a local write may do, what a join must take, and what nobody may claim.
@Suite struct LimitTests {
    private static let scope = TestSchema.scopes[0]
    private static let key = TestSchema.ticket(1, in: scope)
    private static let labels = TestSchema.Ticket.labels

    private static func fill(_ site: Site, _ range: Range<Int>) throws {
        try site.replica.perform(at: Site.epoch) { transaction in
            for index in range { try transaction.insert(.index(UInt64(index)), into: labels, of: key) }
        }
    }

    @Test func `islands that each fill a record can always meet`() throws {
        let written = Limits.writtenCellsPerRecord
        let islands = try (1...9).map { try Site($0) }
        for (number, island) in islands.enumerated() { try Self.fill(island, number * written..<(number + 1) * written) }
        let meeting = islands[0].replica
        for island in islands[1..<8] {
            let delta = try #require(try island.replica.delta(Self.scope, for: meeting.cut(of: Self.scope)))
            try meeting.join([delta], at: Site.epoch)
        }
        #expect(try meeting.record(Self.key).cells.count == Limits.cellsPerRecord)
        // A write that settles something still fits; one that adds does not.
        try meeting.perform(at: Site.epoch) { try $0.remove(Self.labels, .index(1), of: Self.key) }
        let refusal = ReplicaError.recordTooLarge(
            key: Self.key, size: Limits.cellsPerRecord + 1, limit: Limits.cellsPerRecord)
        #expect(throws: refusal) {
            try meeting.perform(at: Site.epoch) { try $0.set(TestSchema.Ticket.title, of: Self.key, to: .empty) }
        }
        let ninth = try #require(try islands[8].replica.delta(Self.scope, for: meeting.cut(of: Self.scope)))
        let before = meeting.cut(of: Self.scope)
        #expect(throws: ReplicaError.self) { try meeting.join([ninth], at: Site.epoch) }
        #expect(meeting.cut(of: Self.scope) == before)
        #expect(try meeting.record(Self.key).cells.count == Limits.cellsPerRecord)
    }

    private static func delta(_ number: UInt64, sequence: UInt64 = 1, cells count: Int) throws -> Delta {
        let origin = Origin(member: 77, incarnation: number)
        let dot = Dot(origin: origin, sequence: sequence)
        let cells = (0..<count).map { index in
            let element = Element.index(number << 32 | UInt64(index))
            return Cell(
                slot: SlotKey(field: labels, element: element), dot: dot, stamp: HLC(milliseconds: 1), content: .value(.empty))
        }
        let cut = Cut([(origin, ChainPoint(sequence: sequence, hash: .zero))])
        let runs = [RunSpan(origin: origin, from: sequence, high: 1, low: 1)]
        return Delta(
            header: DeltaHeader(scope: scope, base: Cut(), cut: cut, horizon: VersionVector(), runs: runs),
            records: [try DeltaRecord(key: key, cells: cells)])
    }

    /// Small news once went into a full row unseen, and the row could not be read again.
    @Test func `a few cells too many are refused as well`() throws {
        let replica = try Site(1).replica
        try replica.join([try Self.delta(1, cells: Limits.cellsPerRecord - 4)], at: Site.epoch)
        let refusal = ReplicaError.recordTooLarge(
            key: Self.key, size: Limits.cellsPerRecord + 4, limit: Limits.cellsPerRecord)
        #expect(throws: refusal) { try replica.join([try Self.delta(2, cells: 8)], at: Site.epoch) }
        #expect(try replica.record(Self.key).cells.count == Limits.cellsPerRecord - 4)
        try replica.join([try Self.delta(3, cells: 4)], at: Site.epoch)
        #expect(try replica.record(Self.key).cells.count == Limits.cellsPerRecord)
        #expect(throws: ReplicaError.self) { _ = try Self.delta(4, cells: Limits.cellsPerRecord + 1) }
    }

    @Test(arguments: [Limits.sequence + 1, 1 << 63, .max - 1, .max])
    func `a sequence that nobody can have reached is refused`(_ sequence: UInt64) throws {
        let replica = try Site(1).replica
        let delta = try Self.delta(1, sequence: sequence, cells: 1)
        let refusal = ReplicaError.malformed(
            .sequenceTooHigh(Origin(member: 77, incarnation: 1), sequence: sequence))
        #expect(throws: refusal) { try replica.join([delta], at: Site.epoch) }
        #expect(throws: refusal) { _ = try replica.stage(delta.header) }
        #expect(throws: refusal) { try replica.checkAcceptable(delta.header) }
        #expect(replica.heldScopes.isEmpty)
    }

    @Test func `the highest sequence that may be told is told on, compacted and followed`() throws {
        let (first, second) = (try Site(1), try Site(2))
        let delta = try Self.delta(1, sequence: Limits.sequence, cells: 3)
        try first.replica.join([delta], at: Site.epoch)
        try Self.fill(first, 0..<3)
        try first.replica.compact()
        #expect(try first.replica.feed(of: Self.scope, beyond: VersionVector()) == .changes([Self.key]))
        let relayed = try #require(try first.replica.delta(Self.scope, for: second.replica.cut(of: Self.scope)))
        _ = try second.replica.stage(relayed.header)
        try second.replica.stage(relayed.records, in: Self.scope)
        try second.replica.publish(Self.scope)
        while try second.replica.fold(at: Site.epoch) {}
        try second.replica.compact()
        try second.reopen()
        #expect(second.replica.cut(of: Self.scope) == first.replica.cut(of: Self.scope))
        #expect(second.replica.digest(of: Self.scope) == first.replica.digest(of: Self.scope))
        #expect(try second.replica.delta(Self.scope, for: first.replica.cut(of: Self.scope)) == nil)
    }
}
