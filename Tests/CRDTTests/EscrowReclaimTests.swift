import CRDT
import Testing

private let field: UInt32 = 4

@Suite struct EscrowReclaimTests {
    private var hq = TestReplica(1 << 40 | 1)
    private var lost = TestReplica(2 << 40 | 2)
    private var store = TestReplica(3 << 40 | 3)

    init() throws {
        try hq.write { record, version in try record.mint(10, in: field, at: version) }
        try Self.grant(&lost, 6, from: &hq)
    }

    @Test mutating func `the registrar takes over what a lost replica held, once`() throws {
        try lost.write { record, version in try record.use(2, of: field, at: version) }
        try hq.pull(from: lost)
        #expect(try reclaim() == 4)
        let settled = hq.records
        #expect(try reclaim() == 0)
        #expect(hq.records == settled)
        let escrow = hq.records[0].escrow(field)
        #expect(escrow.rights(of: hq.origin) == 8 && escrow.rights(of: lost.origin) == 0)
        #expect(escrow.minted == 10 && escrow.inUse == 2)
    }

    @Test mutating func `whoever comes back has nothing left to spend, and what it spent counts for nothing`() throws {
        try hq.pull(from: lost)
        #expect(try reclaim() == 6)
        try lost.write { record, version in try record.use(5, of: field, at: version) }
        try hq.pull(from: lost)
        #expect(hq.records[0].escrow(field).inUse == 0)
        #expect(try reclaim() == 0)
        try lost.pull(from: hq)
        #expect(throws: EscrowError.insufficient(rights: 0, wanted: 1)) {
            try lost.write { record, version in try record.use(1, of: field, at: version) }
        }
        #expect(throws: EscrowError.notInUse(inUse: 0, released: 1)) {
            try lost.write { record, version in try record.release(1, of: field, at: version) }
        }
        try hq.write { record, version in try record.use(10, of: field, at: version) }
    }

    @Test mutating func `what was granted to the lost one before anybody knew is taken over when it is heard of`() throws {
        try Self.grant(&store, 3, from: &hq)
        try hq.pull(from: lost)
        try Self.grant(&lost, 2, from: &store)
        #expect(try reclaim() == 6)
        try hq.pull(from: store)
        #expect(try reclaim() == 2)
        #expect(hq.records[0].escrow(field).rights(of: hq.origin) == 9)
    }

    @Test mutating func `a request to the lost one is answered, so that its requester may ask another`() throws {
        try store.write { [lost] record, version in
            try record.requestRights(3, from: lost.origin, of: field, at: version)
        }
        for other in [lost, store] { try hq.pull(from: other) }
        #expect(try reclaim() == 6)
        try store.pull(from: hq)
        try store.write { [hq] record, version in try record.requestRights(3, from: hq.origin, of: field, at: version) }
    }

    @Test mutating func `a row that this version cannot read is not settled`() throws {
        let dot = lost.write { record, version in
            record.assign(.bytes([9]), to: SlotKey(field: field), at: version)
            return version.dot
        }
        try hq.pull(from: lost)
        let before = hq.records
        #expect(throws: EscrowError.unreadable(dot)) { try reclaim() }
        #expect(hq.records == before)
    }

    @Test mutating func `of a replica that never had anything nothing is stated`() throws {
        let before = hq.records
        let stranger = Origin(member: 9, incarnation: 9)
        let reclaimed = try hq.write { record, version in
            try record.reclaimRights(of: stranger, in: field, at: version)
        }
        #expect(reclaimed == 0 && hq.records == before)
    }

    private mutating func reclaim() throws -> UInt64 {
        try hq.write { [lost] record, version in
            try record.reclaimRights(of: lost.origin, in: field, at: version)
        }
    }

    /// A request that is decided and heard of.
    private static func grant(_ requester: inout TestReplica, _ amount: UInt64, from grantor: inout TestReplica) throws {
        let (asking, asked) = (requester.origin, grantor.origin)
        try requester.pull(from: grantor)
        try requester.write { record, version in try record.requestRights(amount, from: asked, of: field, at: version) }
        try grantor.pull(from: requester)
        let granted = try grantor.write { record, version in
            try record.grantRights(to: asking, of: field, keeping: 0, at: version)
        }
        #expect(granted == amount)
        try requester.pull(from: grantor)
    }
}
