import CRDT
import Replica
import Testing

@Suite struct FeedTests {
    private static let scope = TestSchema.scopes[0]
    private static let key = TestSchema.ticket(1, in: scope)

    private static func write(_ value: Int64, _ site: Site) throws {
        try site.replica.apply(at: Site.epoch) { try $0.set(TestSchema.Ticket.title, of: key, to: .integer(value)) }
    }

    @Test func `a follower of the feed hears of a published cut before it is folded`() throws {
        let (teller, follower) = (try Site(1), try Site(2))
        try Self.write(1, teller)
        let extraction = try #require(try teller.replica.extraction(Self.scope, for: Cut()))
        let (records, _) = try teller.replica.records(of: extraction, from: 0, byteBudget: .max)
        _ = try follower.replica.stage(extraction.header)
        try follower.replica.stage(records, in: Self.scope)
        let cursor = follower.replica.vector(of: Self.scope)
        try follower.replica.publish(Self.scope)
        #expect(try follower.replica.changedKeys(in: Self.scope, beyond: cursor) == [Self.key])
        while try follower.replica.fold(at: Site.epoch) {}
        #expect(try follower.replica.changedKeys(in: Self.scope, beyond: cursor) == [Self.key])
    }
}
