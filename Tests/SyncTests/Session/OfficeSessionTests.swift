import CRDT
import Replica
import Retail
import Sync
import Testing

/// Who may write to the scope `chain`, and to the registrar's records in it.
@Suite struct OfficeSessionTests {
    private static let second: UInt32 = 5

    /// Reads appointments as a node does, without grants.
    private static let readRoles: SessionCodecs.ChainReading = { access, records in
        var access = access
        for record in records where record.key.collection == RetailSchema.member.number {
            let roles = ((try? record.cells()) ?? []).filter { $0.slot == SlotKey(field: RetailSchema.Member.role) }
            guard roles.contains(where: { $0.value == .integer(RetailSchema.Member.headquarters) }),
                let number = record.key.id.plainNumber
            else { continue }
            access[UInt32(number)].isHeadquarters = true
        }
        return access
    }

    private func end(_ member: UInt32, knowsSecond: Bool = true) throws -> SessionEnd {
        let end = try SessionEnd(member)
        end.codecs = try SessionCodecs(readingChain: Self.readRoles)
        end.access[Self.second].isHeadquarters = knowsSecond
        return end
    }

    /// Something that is not the registrar's, like prices: any headquarters writes it.
    private func publish(_ count: Int, at end: SessionEnd, _ now: Moment) throws {
        try end.perform(at: now) { transaction in
            for number in 0..<count {
                let id = Identifier(number: UInt64(number), digits: 8)
                let key = RecordKey(scope: .chain, collection: RetailSchema.customer.number, id: id)
                try transaction.set(RetailSchema.Customer.phone, of: key, to: .integer(Int64(number)))
            }
        }
    }

    private func name(_ count: Int, at end: SessionEnd, _ now: Moment) throws {
        try end.perform(at: now) { transaction in
            for number in 10..<10 + UInt32(count) {
                try transaction.set(RetailSchema.Member.name, of: RetailSchema.member(number), to: .text("of \(end.member)"))
            }
        }
    }

    private func appointSecond(at end: SessionEnd, _ now: Moment) throws {
        try end.perform(at: now) { transaction in
            try transaction.set(
                RetailSchema.Member.role, of: RetailSchema.member(Self.second),
                to: .integer(RetailSchema.Member.headquarters))
        }
    }

    @Test(arguments: [1, 600], [true, false])
    func `a store that knows nobody takes what a second headquarters wrote with its appointment, and not without`(
        count: Int, isAppointed: Bool
    ) throws {
        let (founder, second, store) = (try end(0), try end(Self.second), try end(1, knowsSecond: false))
        var link = SessionLink(second, founder, seed: UInt64(count))
        if isAppointed { try appointSecond(at: founder, link.now) }
        link.connect()
        link.run()
        try publish(count, at: second, link.now)
        var road = SessionLink(store, second, seed: UInt64(count))
        road.connect()
        road.run()
        if isAppointed {
            #expect(store.session?.end == nil && store.session?.suspended == [:])
            #expect(store.replica.cut(of: .chain) == second.replica.cut(of: .chain))
            #expect(store.session?.access.isHeadquarters(Self.second) == true)
        } else {
            #expect(store.session?.end == .notPermitted(scope: .chain, member: Self.second))
            #expect(store.replica.vector(of: .chain).isEmpty)
        }
    }

    @Test(arguments: [1, 600])
    func `a headquarters that does what only the registrar may is kept out of the scope, and of no other`(count: Int) throws {
        let (second, store) = (try end(Self.second), try end(1))
        var link = SessionLink(store, second, seed: UInt64(count))
        try name(count, at: second, link.now)
        try second.edit("C0000042", phone: "+49", at: link.now)
        link.connect()
        link.run()
        #expect(store.session?.end == nil)
        #expect(store.session?.suspended == [.chain: .notPermitted(scope: .chain, member: Self.second)])
        #expect(store.replica.vector(of: .chain).isEmpty && store.replica.stagedCuts.isEmpty)
        #expect(store.replica.cut(of: Scope(.customers)) == second.replica.cut(of: Scope(.customers)))
        // Once it holds the office the same is taken.
        for end in [store, second] {
            end.access.office.add(.init(number: 1, holder: Self.second, since: 1, isTaken: false, ended: [:]))
        }
        link.tear()
        link.connect()
        link.run()
        #expect(store.session?.suspended == [:] && link.differences == [])
    }

    @Test func `what only the registrar writes are terms, members, horizons and fences`() {
        let schema = [RetailSchema.office, RetailSchema.member, RetailSchema.fence].map(\.number)
        #expect(Office.collections == Set(schema + [Replica.horizonCollection]))
    }

    @Test func `what a former registrar decides after the end of its term counts nowhere, and what it did before stays`() throws
    {
        let (founder, store) = (try end(0), try end(1))
        var link = SessionLink(store, founder, seed: 9)
        try name(3, at: founder, link.now)
        let origin = founder.replica.identity.origin
        let last = founder.replica.vector(of: .chain).sequence(of: origin)
        store.access.office.add(
            .init(number: 1, holder: Self.second, since: 1, isTaken: false, ended: [origin: last]))
        link.connect()
        link.run()
        #expect(link.differences == [] && store.session?.suspended == [:])
        try publish(1, at: founder, link.now)
        link.run()
        #expect(link.differences == [], "it is headquarters still")
        try name(1, at: founder, link.now)
        link.run()
        #expect(store.session?.suspended == [.chain: .notPermitted(scope: .chain, member: 0)])
        #expect(founder.session?.suspended.keys.sorted() == [.chain] && founder.session?.end == nil)
    }
}
