import CRDT
import Replica
import Testing

/// A large extraction is read piece by piece; all pieces must be of one moment.
@Suite struct ExtractionTests {
    private static let scope = TestSchema.scopes[0]

    private static func write(_ numbers: ClosedRange<Int>, _ value: Int64, _ site: Site) throws {
        try site.replica.perform(at: Site.epoch) {
            for number in numbers {
                try $0.set(TestSchema.Ticket.title, of: TestSchema.ticket(number, in: scope), to: .integer(value))
            }
        }
    }

    private static func pieces(
        of extraction: Extraction, from replica: Replica, between: () throws -> Void
    ) throws -> [DeltaRecord] {
        var (position, records) = (0, [DeltaRecord]())
        while position < extraction.keys.count {
            let part = try replica.records(of: extraction, from: position, byteBudget: 1)
            records += part.records
            position = part.next
            try between()
        }
        return records
    }

    /// The second ticket is overwritten before it is read: its old cell is gone, and its new one lies beyond the cut.
    @Test func `a writer that goes on spoils its own extraction, and says so`() throws {
        let sender = try Site(1)
        try Self.write(1...3, 1, sender)
        let extraction = try #require(try sender.replica.extraction(Self.scope, for: Cut()))
        #expect(throws: ReplicaError.movedOn(scope: Self.scope)) {
            _ = try Self.pieces(of: extraction, from: sender.replica) { try Self.write(2...2, 2, sender) }
        }
    }

    @Test func `a reader's pieces are of one moment while the owner goes on`() throws {
        let (sender, receiver) = (try Site(1), try Site(2))
        try Self.write(1...3, 1, sender)
        let reader = try sender.snapshot()
        let extraction = try #require(try reader.extraction(Self.scope, for: Cut()))
        let records = try Self.pieces(of: extraction, from: reader) { try Self.write(1...3, 2, sender) }
        try receiver.replica.join([Delta(header: extraction.header, records: records)], at: Site.epoch)
        for number in 1...3 {
            let record = try receiver.replica.record(TestSchema.ticket(number, in: Self.scope))
            #expect(record.register(SlotKey(field: TestSchema.Ticket.title))?.value == .integer(1))
        }
    }

    @Test func `marks that are collected between two pieces spoil an extraction, too`() throws {
        let sender = try Site(1)
        let key = TestSchema.ticket(3, in: Self.scope)
        try Self.write(1...3, 1, sender)
        try sender.replica.perform(at: Site.epoch) { try $0.remove(TestSchema.Ticket.title, of: key) }
        let base = Cut()
        let extraction = try #require(try sender.replica.extraction(Self.scope, for: base))
        let vector = sender.replica.vector(of: Self.scope)
        #expect(throws: ReplicaError.movedOn(scope: Self.scope)) {
            _ = try Self.pieces(of: extraction, from: sender.replica) {
                try sender.replica.advanceHorizon(of: Self.scope, acknowledged: [vector], at: Site.epoch)
                _ = try sender.replica.collectMarks()
            }
        }
    }

    @Test func `an extraction of which few keys are wanted says that there are more, and counts none twice`() throws {
        let sender = try Site(1)
        try Self.write(1...3, 1, sender)
        let base = sender.replica.cut(of: Self.scope)
        // More often than keys are gathered before they are put in order.
        for value in 1...4200 { try Self.write(4...6, Int64(value), sender) }
        let changed = (4...6).map { TestSchema.ticket($0, in: Self.scope) }
        for cut in [base, Cut()] {
            let more = try #require(try sender.replica.extraction(Self.scope, for: cut, keyLimit: 2))
            #expect(more.exceedsLimit && more.keys.isEmpty)
        }
        // A block of the index may name what came before the base, too.
        let known = (1...6).map { TestSchema.ticket($0, in: Self.scope) }
        let all = try #require(try sender.replica.extraction(Self.scope, for: base, keyLimit: known.count))
        try #require(!all.exceedsLimit)
        #expect(all.keys == known || all.keys == changed)
        let records = try sender.replica.records(of: all, from: 0, byteBudget: .max).records
        #expect(records.map(\.key) == changed)
    }
}
