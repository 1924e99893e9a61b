import CRDT
import Replica
import Simulation
import Testing

@Suite struct RestartTests {
    private static let scope = TestSchema.scopes[0]
    private static let key = TestSchema.ticket(1, in: scope)

    private static func write(_ value: Int64, _ site: Site) throws {
        try site.replica.apply(at: Site.epoch) { try $0.set(TestSchema.Ticket.title, of: key, to: .integer(value)) }
    }

    /// A commit that was cut short can be whole in the log without ever having been synced. Whoever opens the file sees it, so
    /// it must not be lost to the next power cut.
    @Test func `what a restart finds is synced before anybody hears of it`() throws {
        let site = try Site(1)
        try Self.write(1, site)
        try site.replica.commit()
        try site.restart(on: site.disk.image)
        #expect(site.replica.vector(of: Self.scope).entries.count == 1)
        #expect(site.disk.operations[.sync] > 0)
    }
}
