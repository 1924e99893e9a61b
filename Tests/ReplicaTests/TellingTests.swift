import CRDT
import Replica
import Simulation
import Testing

/// What others hear of a replica, and when.
@Suite struct TellingTests {
    private static let scope = TestSchema.scopes[0]
    private static let key = TestSchema.ticket(1, in: scope)

    private static func write(_ value: Int64, _ site: Site) throws {
        try site.replica.apply(at: Site.epoch) { try $0.set(TestSchema.Ticket.title, of: key, to: .integer(value)) }
    }

    @Test func `what a peer was told survives the teller's power cut`() throws {
        let (teller, listener) = (try Site(1), try Site(2))
        try Self.write(1, teller)
        let delta = try #require(try teller.replica.delta(Self.scope, for: Cut()))
        try listener.replica.join([delta], at: Site.epoch)
        teller.disk.losePower()
        var random = SeededRandom(seed: 1)
        try teller.restart(on: teller.disk.powerCut(keeping: .nothing, using: &random))
        try Self.write(2, teller)
        let next = try teller.replica.delta(Self.scope, for: listener.replica.cut(of: Self.scope))
        try listener.replica.join([try #require(next)], at: Site.epoch)
        #expect(try listener.replica.record(Self.key).register(SlotKey(field: TestSchema.Ticket.title))?.value == .integer(2))
    }
}
