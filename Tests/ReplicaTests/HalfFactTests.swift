import CRDT
import Replica
import Testing

@Suite struct HalfFactTests {
    private static let scope = TestSchema.scopes[0]
    private static let key = TestSchema.ticket(1, in: scope)

    @Test func `a fact whose movement is refused is not stated, even if the body goes on`() throws {
        let site = try Site(1)
        let limit = Int64(Limits.magnitude)
        try site.replica.perform(at: Site.epoch) {
            try $0.state(.tuple([.integer(1), .integer(limit)]), in: TestSchema.Ticket.moves, of: Self.key)
        }
        let before = site.replica.cut(of: Self.scope)
        #expect(throws: ReplicaError.self) {
            try site.replica.perform(at: Site.epoch) { transaction in
                try? transaction.state(.tuple([.integer(1), .integer(1)]), in: TestSchema.Ticket.moves, of: Self.key)
            }
        }
        #expect(site.replica.cut(of: Self.scope) == before)
        #expect(try site.replica.record(Self.key).cells.count == 1)
    }
}
