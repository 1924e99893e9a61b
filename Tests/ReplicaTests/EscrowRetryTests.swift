import CRDT
import Replica
import Testing

@Suite struct EscrowRetryTests {
    private static let key = TestSchema.ticket(1, in: TestSchema.scopes[0])

    @Test func `an escrow call that changes nothing is no transaction`() throws {
        let site = try Site(1)
        let granted = try site.replica.perform(at: Site.epoch) { transaction in
            try transaction.changeEscrow(TestSchema.Ticket.quota, of: Self.key) { record, version throws(EscrowError) in
                try record.grantRights(
                    to: Origin(member: 2, incarnation: 2), of: TestSchema.Ticket.quota, keeping: 0, at: version)
            }
        }
        #expect(granted == nil)
        #expect(site.replica.heldScopes.isEmpty)
    }
}
