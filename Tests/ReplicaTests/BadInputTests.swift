import CRDT
import Replica
import Simulation
import Testing

/// Files that are no replica, writes that do not fit, and clones.
@Suite struct BadInputTests {
    private static let scope = TestSchema.scopes[0]
    private static let key = TestSchema.ticket(1, in: scope)

    private static func open(_ files: [String: [UInt8]]) throws {
        let disk = SimulatedDisk(DiskImage(files: files))
        let parameters = OpeningParameters(
            schema: TestSchema.schema, digestKey: Site.digestKey, run: Hash128(high: 1, low: 1), vfs: disk.vfsName)
        defer { withExtendedLifetime(disk) {} }
        _ = try Replica.open(at: Site.path, parameters)
    }

    @Test func `a file that is no replica`() throws {
        #expect(throws: StorageError.missing(path: Site.path)) { try Self.open([:]) }
        #expect(throws: StorageError.notAReplica(path: Site.path)) { try Self.open([Site.path: []]) }
        #expect(throws: StorageError.notAReplica(path: Site.path)) {
            try Self.open([
                Site.path: Array("this is a letter, and longer than the head of a database is: ".utf8)
                    + [UInt8](repeating: 9, count: 4096)
            ])
        }
        let site = try Site(1)
        #expect(throws: StorageError.alreadyExists(path: Site.path)) {
            _ = try Replica.create(
                at: Site.path, identity: site.identity, epoch: 0,
                OpeningParameters(
                    schema: TestSchema.schema, digestKey: Site.digestKey, run: .zero, vfs: site.disk.vfsName))
        }
    }

    @Test func `a file of a newer version is left alone`() throws {
        let site = try Site(1)
        _ = try site.replica.checkpoint()
        let image = site.disk.image
        guard var file = image.files[Site.path] else { throw Violation("no file") }
        let newer = Replica.fileVersion + 1
        file[63] = UInt8(newer)
        #expect(throws: StorageError.newerVersion(path: Site.path, found: newer, supported: newer - 1)) {
            try Self.open([Site.path: file])
        }
    }

    @Test func `writes that do not fit the schema or the limits`() throws {
        let site = try Site(1)
        try site.replica.perform(at: Site.epoch) { try $0.set(TestSchema.Ticket.title, of: Self.key, to: .integer(1)) }
        let before = (site.replica.cut(of: Self.scope), try site.replica.record(Self.key))
        func expect(_ refusal: ReplicaError, _ body: (Transaction) throws -> Void) {
            #expect(throws: refusal) { try site.replica.perform(at: Site.epoch, body) }
        }
        let (title, labels, prices) = (TestSchema.Ticket.title, TestSchema.Ticket.labels, TestSchema.Ticket.prices)
        expect(.unknownField(key: Self.key, field: 77)) { try $0.set(77, of: Self.key, to: .empty) }
        expect(.wrongKind(key: Self.key, field: labels)) { try $0.set(labels, of: Self.key, to: .empty) }
        expect(.wrongKind(key: Self.key, field: title)) { try $0.insert(.index(1), into: title, of: Self.key) }
        expect(.wrongKind(key: Self.key, field: title)) { try $0.state(.empty, in: title, of: Self.key) }
        expect(.wrongKind(key: Self.key, field: title)) { try $0.advance(title, of: Self.key, to: 1) }
        expect(.wrongKind(key: Self.key, field: labels)) { try $0.remove(labels, of: Self.key) }
        expect(.wrongKind(key: Self.key, field: title)) { try $0.set(title, of: Self.key, to: .moment(.max)) }
        let long = [UInt8](repeating: 1, count: Limits.valueBytes + 1)
        expect(.wrongKind(key: Self.key, field: title)) { try $0.set(title, of: Self.key, to: .bytes(long)) }
        expect(.wrongKind(key: Self.key, field: labels)) { try $0.insert(.bytes(long), into: labels, of: Self.key) }
        expect(.wrongKind(key: Self.key, field: labels)) { try $0.insert(.none, into: labels, of: Self.key) }
        expect(.wrongKind(key: Self.key, field: prices)) { try $0.set(prices, .none, of: Self.key, to: .empty) }
        let state = TestSchema.Ticket.state
        expect(.progress(key: Self.key, field: state, .unknownState(9))) { try $0.advance(state, of: Self.key, to: 9) }
        #expect(site.replica.cut(of: Self.scope) == before.0)
        #expect(try site.replica.record(Self.key) == before.1)
    }

    @Test(arguments: [Int64.min, .max, 1 << 48 + 1, -(1 << 48) - 1])
    func `a counter that would overflow refuses the whole transaction`(_ amount: Int64) throws {
        let site = try Site(1)
        #expect(throws: ReplicaError.self) {
            try site.replica.perform(at: .max) { transaction in
                try transaction.set(TestSchema.Ticket.title, of: Self.key, to: .integer(1))
                try transaction.state(.tuple([.integer(1), .integer(amount)]), in: TestSchema.Ticket.moves, of: Self.key)
            }
        }
        #expect(site.replica.heldScopes.isEmpty)
    }

    @Test func `a record that grows too large is refused, by cells and by bytes, and stays readable`() throws {
        let site = try Site(1)
        let labels = TestSchema.Ticket.labels
        try site.replica.perform(at: Site.epoch) { transaction in
            for index in 0..<Limits.writtenCellsPerRecord {
                try transaction.insert(.index(UInt64(index)), into: labels, of: Self.key)
            }
        }
        #expect(
            throws: ReplicaError.recordTooLarge(
                key: Self.key, size: Limits.writtenCellsPerRecord + 1, limit: Limits.writtenCellsPerRecord)
        ) {
            try site.replica.perform(at: Site.epoch) { try $0.insert(.index(.max), into: labels, of: Self.key) }
        }
        let other = TestSchema.ticket(2, in: Self.scope)
        #expect(throws: ReplicaError.self) {
            try site.replica.perform(at: Site.epoch) { transaction in
                for index in UInt64(0)..<20 {
                    let value = Value.bytes([UInt8](repeating: 1, count: Limits.valueBytes))
                    try transaction.set(TestSchema.Ticket.prices, .index(index), of: other, to: value)
                }
            }
        }
        #expect(try site.replica.record(Self.key).cells.count == Limits.writtenCellsPerRecord)
        #expect(try site.replica.record(other).isEmpty)
    }

    @Test func `two replicas under one name are told apart by whoever meets both`() throws {
        let (first, third) = (try Site(1), try Site(3))
        func write(_ value: Int64, _ replica: Replica) throws {
            try replica.perform(at: Site.epoch) { try $0.set(TestSchema.Ticket.title, of: Self.key, to: .integer(value)) }
        }
        try write(1, first.replica)
        let copy = SimulatedDisk(first.disk.image)
        let clone = try Replica.open(
            at: Site.path,
            OpeningParameters(
                schema: TestSchema.schema, digestKey: Site.digestKey, run: Hash128(high: 9, low: 9), vfs: copy.vfsName))
        try write(2, first.replica)
        for value in 3...5 { try write(Int64(value), clone) }
        let fork = ReplicaError.forked(scope: Self.scope, origin: first.identity.origin, sequence: 2)
        try third.replica.join([try #require(try first.replica.delta(Self.scope, for: Cut()))], at: Site.epoch)
        let before = third.replica.cut(of: Self.scope)
        #expect(throws: fork) { _ = try clone.delta(Self.scope, for: before) }
        #expect(throws: fork) { _ = try clone.delta(Self.scope, for: first.replica.cut(of: Self.scope)) }
        #expect(third.replica.cut(of: Self.scope) == before)
    }
}
