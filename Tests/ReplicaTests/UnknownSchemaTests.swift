import CRDT
import Replica
import Simulation
import Testing

@Suite struct UnknownSchemaTests {
    @Test func `unknown collections and fields are kept and passed on as they came`() throws {
        let old = Schema([Collection(10, "ticket", [Field(TestSchema.Ticket.title, "title", .register)])])
        let (first, relay, last) = (try Site(1), try Site(2, schema: old), try Site(3))
        var oracle = FoldOracle()
        var random = SeededRandom(seed: 11)
        for _ in 0..<30 {
            var operation = RandomOperation(by: first, among: [Origin(member: 2, incarnation: 2)], oracle)
            let receipt = try first.replica.apply(at: Site.epoch) { try operation.perform($0, &random) }.receipt
            for part in receipt.dots {
                let seen = first.vector(part.scope)
                let effects = operation.effects.filter { $0.key.scope == part.scope }
                oracle.note(effects, dot: part.dot, stamp: receipt.stamp, run: first.run, seen: seen)
                first.vectors[part.scope, default: VersionVector()].advance(part.dot.origin, to: part.dot.sequence)
            }
        }
        for scope in TestSchema.scopes {
            let delta = try #require(try first.replica.delta(scope, for: Cut()))
            try relay.replica.join([delta], at: Site.epoch)
            try relay.restart(on: relay.disk.image)
            let relayed = try #require(try relay.replica.delta(scope, for: Cut()))
            #expect(relayed.records == delta.records)
            #expect(relayed.header.cut == delta.header.cut && relayed.header.runs == delta.header.runs)
            try last.replica.join([relayed], at: Site.epoch)
            #expect(last.replica.digest(of: scope) == first.replica.digest(of: scope))
            #expect(relay.replica.digest(of: scope) == first.replica.digest(of: scope))
            try oracle.check(last.replica, scope, at: first.vector(scope))
        }
        let album = TestSchema.album(1, in: TestSchema.scopes[0])
        #expect(throws: ReplicaError.unknownField(key: album, field: 1)) {
            try relay.replica.perform(at: Site.epoch) { try $0.insert(.index(1), into: 1, of: album) }
        }
    }
}
