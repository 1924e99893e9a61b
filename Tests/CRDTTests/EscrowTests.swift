import CRDT
import Testing

@Suite(.tags(.sanitized)) struct EscrowTests {
    private let field: UInt32 = 4
    private var hq = TestReplica(1)
    private var store = TestReplica(2)

    @Test mutating func `a retried request is granted once`() throws {
        try hq.write { record, version in try record.mint(10, in: field, at: version) }
        try store.write { record, version in try record.requestRights(4, from: hq.origin, of: field, at: version) }
        let request = store.delta(beyond: VersionVector())
        try hq.join(request)
        #expect(try grant(keeping: 0) == 4)
        try hq.join(request)
        try hq.join(store.snapshot())
        #expect(try grant(keeping: 0) == nil)
        try store.pull(from: hq)
        #expect(store.records[0].escrow(field).rights(of: store.origin) == 4)
        #expect(hq.records[0].escrow(field).rights(of: hq.origin) == 6)
    }

    @Test mutating func `a grantor keeps its floor and still decides the request`() throws {
        try hq.write { record, version in try record.mint(10, in: field, at: version) }
        try store.write { record, version in try record.requestRights(9, from: hq.origin, of: field, at: version) }
        try hq.pull(from: store)
        #expect(try grant(keeping: 7) == 3)
        try store.pull(from: hq)
        try store.write { record, version in try record.requestRights(9, from: hq.origin, of: field, at: version) }
        try hq.pull(from: store)
        #expect(try grant(keeping: .max) == 0)
        #expect(hq.records[0].escrow(field).openRequest(of: store.origin, to: hq.origin) == nil)
    }

    @Test mutating func `a second request waits until the first is decided`() throws {
        try store.write { record, version in try record.requestRights(1, from: hq.origin, of: field, at: version) }
        let before = store.records
        let open = try #require(store.records[0].escrow(field).openRequest(of: store.origin, to: hq.origin))
        #expect(throws: EscrowError.requestOpen(open)) {
            try store.write { record, version in try record.requestRights(2, from: hq.origin, of: field, at: version) }
        }
        #expect(store.records == before)
    }

    @Test mutating func `a grant is spent only where it was joined`() throws {
        try hq.write { record, version in try record.mint(5, in: field, at: version) }
        try store.write { record, version in try record.requestRights(5, from: hq.origin, of: field, at: version) }
        try hq.pull(from: store)
        #expect(try grant(keeping: 0) == 5)
        #expect(throws: EscrowError.insufficient(rights: 0, wanted: 1)) {
            try hq.write { record, version in try record.use(1, of: field, at: version) }
        }
        #expect(throws: EscrowError.insufficient(rights: 0, wanted: 1)) {
            try store.write { record, version in try record.use(1, of: field, at: version) }
        }
        try store.pull(from: hq)
        try store.write { record, version in try record.use(5, of: field, at: version) }
        #expect(throws: EscrowError.notInUse(inUse: 5, released: 6)) {
            try store.write { record, version in try record.release(6, of: field, at: version) }
        }
        #expect(store.records[0].escrow(field).inUse == 5)
    }

    @Test mutating func `a request to a member is decided once, by whichever of its incarnations answers`() throws {
        let (anybody, later) = (Origin.anyIncarnation(of: hq.origin.member), Origin(member: hq.origin.member, incarnation: 77))
        try hq.write { record, version in try record.mint(10, in: field, at: version) }
        try store.write { record, version in try record.requestRights(4, from: anybody, of: field, at: version) }
        try hq.pull(from: store)
        for decider in [hq.origin, later] {
            #expect(hq.records[0].escrow(field).openRequest(of: store.origin, to: decider)?.amount == 4)
        }
        #expect(hq.records[0].escrow(field).openRequest(of: store.origin, to: Origin(member: 9, incarnation: 0)) == nil)
        #expect(try grant(keeping: 0) == 4)
        #expect(try grant(keeping: 0) == nil)
        #expect(
            hq.records[0].escrow(field).openRequest(of: store.origin, to: later) == nil, "another life of it leaves that alone")
        try store.pull(from: hq)
        #expect(store.records[0].escrow(field).rights(of: store.origin) == 4)
        try store.write { record, version in try record.requestRights(1, from: anybody, of: field, at: version) }
    }

    @Test mutating func `what is retired is nobody's any more, and only what is held can be`() throws {
        try hq.write { record, version in try record.mint(10, in: field, at: version) }
        try hq.write { record, version in try record.retire(4, in: field, at: version) }
        let escrow = hq.records[0].escrow(field)
        #expect(escrow.rights(of: hq.origin) == 6 && escrow.retired == 4 && escrow.minted == 10)
        #expect(throws: EscrowError.insufficient(rights: 6, wanted: 7)) {
            try hq.write { record, version in try record.retire(7, in: field, at: version) }
        }
        try store.pull(from: hq)
        #expect(store.records[0].escrow(field).retired == 4)
    }

    @Test mutating func `totals beyond the magnitude are refused before they are written`() throws {
        try hq.write { record, version in try record.mint(Limits.magnitude, in: field, at: version) }
        let before = hq.records
        for amount in [1, Limits.magnitude, .max] {
            #expect(throws: EscrowError.overflow(limit: Limits.magnitude)) {
                try hq.write { record, version in try record.mint(amount, in: field, at: version) }
            }
        }
        #expect(throws: EscrowError.overflow(limit: Limits.magnitude)) {
            try hq.write { record, version in
                try record.requestRights(.max, from: store.origin, of: field, at: version)
            }
        }
        #expect(hq.records == before)
    }

    /// A request's number was once joined unchecked and copied into the grantor's own row, which that very grantor could then
    /// no longer read: its next write began a fresh row, and all that it had minted, granted and used was forgotten.
    @Test mutating func `a request with a number beyond the limit does not wipe the row of the grantor`() throws {
        try hq.write { record, version in try record.mint(10, in: field, at: version) }
        for number in [0, Limits.magnitude + 1, .max] {
            let forged = row(requesting: number, from: hq.origin)
            store.write { record, version in record.assign(.bytes(forged), to: SlotKey(field: field), at: version) }
            try hq.pull(from: store)
            #expect(try grant(keeping: 0) == nil)
            try hq.write { record, version in try record.use(1, of: field, at: version) }
        }
        #expect(hq.records[0].escrow(field).minted == 10)
        #expect(hq.records[0].escrow(field).inUse == 3)
    }

    /// After a downgrade, a replica once took its own newer row for none, and began a fresh one over it.
    @Test mutating func `an own row that this version cannot read is not written over`() throws {
        let newer: [UInt8] = row(requesting: 1, from: hq.origin) + [1]
        let dot = store.write { record, version in
            record.assign(.bytes(newer), to: SlotKey(field: field), at: version)
            return version.dot
        }
        let before = store.records
        #expect(throws: EscrowError.unreadable(dot)) {
            try store.write { record, version in try record.mint(1, in: field, at: version) }
        }
        #expect(throws: EscrowError.unreadable(dot)) {
            try store.write { record, version in try record.requestRights(1, from: hq.origin, of: field, at: version) }
        }
        #expect(store.records == before)
    }

    private mutating func grant(keeping floor: UInt64) throws -> UInt64? {
        try hq.write { record, version in
            try record.grantRights(to: store.origin, of: field, keeping: floor, at: version)
        }
    }

    /// The bytes of a row that does nothing but ask for one right.
    private func row(requesting number: UInt64, from grantor: Origin) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(raw: [0, 0, 0, 0, 0])
        writer.write(varint: number)
        writer.write(fixed64: grantor.rawValue)
        writer.write(varint: 1)
        return writer.bytes
    }
}
