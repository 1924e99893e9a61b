import CRDT
import Replica
import Simulation
import Testing

@Suite struct `Scopes that changed` {
    @Test func `own sales and others' news are told once, after their commit`() throws {
        let (till, headquarters) = (try Shop.replica(1), try Shop.replica(0))
        try till.apply(at: 1000) { try $0.state(.integer(1), in: Shop.lines, of: Shop.sale(1)) }
        #expect(till.takeChangedScopes().isEmpty, "nothing is committed yet")
        try till.commit()
        #expect(till.takeChangedScopes() == [Shop.books, Shop.stock])
        #expect(till.takeChangedScopes().isEmpty)
        try till.checkpoint()
        try till.compact()
        #expect(till.takeChangedScopes().isEmpty, "tending changes nothing that is visible")
        let delta = try #require(try till.delta(Shop.stock, for: Cut()))
        try headquarters.join([delta], at: 2000)
        #expect(headquarters.takeChangedScopes() == [Shop.stock])
        try headquarters.join([delta], at: 2000)
        #expect(headquarters.takeChangedScopes().isEmpty, "it was known")
    }

    @Test func `a large cut is told when it is published and again when its summary is known`() throws {
        let (till, headquarters) = (try Shop.replica(1), try Shop.replica(0))
        try till.sell(1, 1, at: 1000)
        let delta = try #require(try till.delta(Shop.books, for: Cut()))
        _ = try headquarters.stage(delta.header)
        try headquarters.stage(delta.records, in: Shop.books)
        #expect(headquarters.takeChangedScopes().isEmpty)
        try headquarters.publish(Shop.books)
        #expect(headquarters.takeChangedScopes() == [Shop.books])
        #expect(try !headquarters.fold(at: 2000))
        #expect(headquarters.takeChangedScopes() == [Shop.books])
    }
}
