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
        #expect(try follower.replica.feed(of: Self.scope, beyond: cursor) == .changes([Self.key]))
        while try follower.replica.fold(at: Site.epoch) {}
        #expect(try follower.replica.feed(of: Self.scope, beyond: cursor) == .changes([Self.key]))
    }

    private static func live(_ replica: Replica) throws -> [RecordKey] {
        try replica.keys(of: scope).filter { try replica.record($0).cells.contains { !$0.isMark } }
    }

    @Test func `a follower that missed a whole state reads the scope anew, once`() throws {
        let (teller, follower) = (try Site(1), try Site(2))
        try Self.write(1, teller)
        try follower.replica.join([try #require(try teller.replica.delta(Self.scope, for: Cut()))], at: Site.epoch)
        let cursor = follower.replica.vector(of: Self.scope)
        try teller.replica.perform(at: Site.epoch) {
            try $0.remove(TestSchema.Ticket.title, of: Self.key)
            try $0.set(TestSchema.Ticket.title, of: TestSchema.ticket(2, in: Self.scope), to: .integer(2))
        }
        var delta = try #require(try teller.replica.delta(Self.scope, for: Cut()))
        delta.header.reach = .wholeState
        delta.records.removeAll { $0.key == Self.key }
        try follower.replica.join([delta], at: Site.epoch)
        #expect(try Self.live(follower.replica) == [TestSchema.ticket(2, in: Self.scope)])
        #expect(try follower.replica.feed(of: Self.scope, beyond: cursor) == .rescan)
        let later = follower.replica.vector(of: Self.scope)
        #expect(try follower.replica.feed(of: Self.scope, beyond: later) == .changes([]))
        try follower.reopen()
        #expect(try follower.replica.feed(of: Self.scope, beyond: cursor) == .rescan)
    }

    @Test func `a follower that missed a removal whose mark is gone reads the scope anew`() throws {
        let site = try Site(1)
        try Self.write(1, site)
        try site.replica.commit()
        let cursor = site.replica.vector(of: Self.scope)
        try site.replica.perform(at: Site.epoch) { try $0.remove(TestSchema.Ticket.title, of: Self.key) }
        #expect(try site.replica.feed(of: Self.scope, beyond: cursor) == .changes([Self.key]))
        let seen = site.replica.vector(of: Self.scope)
        try site.replica.advanceHorizon(of: Self.scope, acknowledged: [seen], at: Site.epoch)
        _ = try site.replica.collectMarks()
        try site.replica.compact()
        #expect(try site.replica.record(Self.key).isEmpty)
        #expect(try site.replica.feed(of: Self.scope, beyond: cursor) == .rescan)
        #expect(try site.replica.feed(of: Self.scope, beyond: seen) == .changes([]))
    }

    /// The mark of a whole state once stood where the vector never came again.
    @Test func `a follower reads the scope anew once after transactions were renamed, not for ever`() throws {
        let (site, peer) = (try Site(1), try Site(2))
        for value in 1...3 { try Self.write(Int64(value), site) }
        try Self.write(9, peer)
        var delta = try #require(try peer.replica.delta(Self.scope, for: Cut()))
        delta.header.reach = .wholeState
        try site.replica.join([delta], at: Site.epoch)
        let (old, closed) = (site.replica.vector(of: Self.scope), site.identity.origin)
        let known = try site.replica.knowledge(of: closed, in: Self.scope)
        let first = ChainKnowledge(last: 1, points: Array(known.points.prefix(1)), runs: known.runs)
        try site.replica.reincarnate(as: 4711, at: Site.epoch)
        #expect(try site.replica.salvage(closed, in: Self.scope, knownElsewhere: first) == 2)
        let new = site.replica.vector(of: Self.scope)
        #expect(new.sequence(of: closed) == 1)
        #expect(try site.replica.feed(of: Self.scope, beyond: old) == .rescan)
        #expect(try site.replica.feed(of: Self.scope, beyond: new) == .changes([]))
    }
}
