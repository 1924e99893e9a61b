import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

/// A chain with two headquarters, which have heard two pasts of one store.
@Suite struct SecondHeadquartersTests {
    private static let second: UInt32 = 5

    private func end(_ member: UInt32) throws -> SessionEnd {
        let end = try SessionEnd(member)
        end.access[Self.second].isHeadquarters = true
        return end
    }

    /// Sessions one after the other, as nodes have them after a fork was found.
    private func meet(_ left: SessionEnd, _ right: SessionEnd, _ times: Int = 4) -> SessionLink {
        var link = SessionLink(left, right, seed: 3)
        for _ in 0..<times {
            link.tear()
            link.pass(60_000)
            link.connect()
            link.run()
        }
        return link
    }

    private func phones(_ end: SessionEnd, _ customer: String) throws -> Set<Value> {
        let record = try end.replica.record(RetailSchema.customer(try Identifier(customer).required))
        guard let register = record.register(SlotKey(field: RetailSchema.Customer.phone)) else { return [] }
        return Set(([register.winner] + register.losers).compactMap(\.value))
    }

    @Test(arguments: [0, 5] as [UInt32], [true, false])
    func `the one that is not the registrar gives way, whoever of them has dialled`(_ registrar: UInt32, isDialled: Bool) throws
    {
        let (founder, second, store) = (try end(0), try end(Self.second), try end(1))
        let now = Moment(monotonic: 0, wall: 1_740_000_000_000)
        try store.edit("C0000001", phone: "before", at: now)
        let image = try store.image
        for number in 0..<3 { try store.edit("C000001\(number)", phone: "to the founder", at: now) }
        #expect(meet(store, founder, 1).differences == [])
        // The disk is put back, and nobody notices before the store meets the other one.
        let again = try SessionEnd(startingFrom: image, run: 77)
        again.access[Self.second].isHeadquarters = true
        for number in 0..<5 { try again.edit("C000002\(number)", phone: "to the second", at: now) }
        #expect(meet(again, second, 1).differences == [])
        let term = Office.Term(number: 1, holder: registrar, since: 1, isTaken: false, ended: [:])
        if registrar != 0 { for end in [founder, second] { end.access.office.add(term) } }

        let link = isDialled ? meet(founder, second) : meet(second, founder)
        #expect(link.differences == [] && link.left.session?.suspended == [:])
        for end in [founder, second] {
            #expect(try phones(end, "C0000010") == [.text("to the founder")])
            #expect(try phones(end, "C0000020") == [.text("to the second")])
        }
        let point = try #require(
            (registrar == 0 ? store : again).replica.cut(of: Scope(.customers))[store.replica.identity.origin])
        for end in [founder, second] { #expect(end.replica.cut(of: Scope(.customers))[store.replica.identity.origin] == point) }
    }

    @Test func `two of which neither is the registrar stay apart until each has met that one`() throws {
        let (registrar, second, third, store) = (try end(0), try end(Self.second), try end(6), try end(1))
        for end in [registrar, second, third, store] { end.access[6].isHeadquarters = true }
        let now = Moment(monotonic: 0, wall: 1_740_000_000_000)
        try store.edit("C0000001", phone: "before", at: now)
        let again = try SessionEnd(startingFrom: try store.image, run: 77)
        again.access = store.access
        for number in 0..<3 { try store.edit("C000001\(number)", phone: "to the second", at: now) }
        for number in 0..<5 { try again.edit("C000002\(number)", phone: "to the third", at: now) }
        #expect(meet(store, second, 1).differences == [] && meet(again, third, 1).differences == [])
        #expect(meet(second, third).differences == [Scope(.customers)])
        #expect(meet(second, registrar).differences == [] && meet(third, registrar).differences == [])
        #expect(meet(second, registrar).differences == [] && meet(second, third).differences == [])
        #expect(
            try phones(second, "C0000020") == [.text("to the third")] && phones(third, "C0000010") == [.text("to the second")])
    }
}
