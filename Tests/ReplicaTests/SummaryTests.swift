import CRDT
import Replica
import Testing

@Suite struct `Summaries of scopes` {
    @Test func `a scope of which nothing is held has a summary, too`() throws {
        let replica = try Shop.replica(1)
        #expect(replica.summary(of: Shop.books) == SHA256.summary(of: Shop.books, Cut(), .zero))
        #expect(replica.summary(of: Shop.books) != replica.summary(of: Shop.stock))
        #expect(replica.heldScopes.isEmpty, "asking leaves nothing behind")
    }

    @Test func `replicas that hold the same have one summary, and any news changes it`() throws {
        let (till, headquarters) = (try Shop.replica(1), try Shop.replica(0))
        var seen: Set<Hash128?> = [till.summary(of: Shop.books)]
        for number in 1...3 {
            try till.sell(UInt64(number), 1, at: 1000)
            let summary = till.summary(of: Shop.books)
            #expect(seen.insert(summary).inserted)
            #expect(headquarters.summary(of: Shop.books) != summary)
            try headquarters.join(
                [try #require(try till.delta(Shop.books, for: headquarters.cut(of: Shop.books)))], at: 2000)
            #expect(headquarters.summary(of: Shop.books) == summary)
        }
    }

    @Test func `nobody sums up a scope while a cut is being folded in`() throws {
        let (till, headquarters) = (try Shop.replica(1), try Shop.replica(0))
        try till.sell(1, 1, at: 1000)
        let delta = try #require(try till.delta(Shop.books, for: Cut()))
        let before = headquarters.summary(of: Shop.books)
        _ = try headquarters.stage(delta.header)
        try headquarters.stage(delta.records, in: Shop.books)
        #expect(headquarters.summary(of: Shop.books) == before, "what is not published is not there")
        try headquarters.publish(Shop.books)
        #expect(headquarters.summary(of: Shop.books) == nil)
        while try headquarters.fold(at: 2000) {}
        #expect(headquarters.summary(of: Shop.books) == till.summary(of: Shop.books))
    }
}
