import CRDT
import Replica
import Simulation
import Testing

/// Transactions that wait together, while the disk fails.
@Suite struct BatchTests {
    private static let scope = TestSchema.scopes[0]
    private static let key = TestSchema.ticket(1, in: scope)

    private static func write(_ number: Int, _ site: Site, bytes: Int = 10) throws {
        try site.replica.apply(at: Site.epoch) { transaction in
            let value = Value.bytes([UInt8](repeating: UInt8(number), count: bytes))
            try transaction.set(TestSchema.Ticket.title, of: TestSchema.ticket(number, in: scope), to: value)
        }
    }

    /// Writes through a small cache until the full disk refuses.
    @Test func `a commit does not claim what a full disk took back`() throws {
        let site = try Site(1)
        site.disk.capacityBytes = site.disk.usedBytes + 100_000
        var number = 0
        do {
            while number < 100 {
                number += 1
                try Self.write(number, site, bytes: 60_000)
            }
            Issue.record("the disk never filled up")
        } catch is StorageError {
        }
        #expect(number > 1)
        site.disk.capacityBytes = SimulatedDisk.defaultCapacityBytes
        #expect(throws: StorageError.undone(path: Site.path)) { try Self.write(200, site) }
        #expect(throws: StorageError.undone(path: Site.path)) { try site.replica.commit() }
        #expect(site.replica.vector(of: Self.scope).isEmpty)
        try Self.write(201, site)
        try site.replica.commit()
        try site.restart(on: site.disk.image)
        #expect(site.replica.vector(of: Self.scope).entries.map(\.sequence) == [1])
    }

    @Test func `a read that fails inside a batch is not passed over by its commit`() throws {
        let site = try Site(1)
        for number in 0..<40 { try Self.write(number, site, bytes: 60_000) }
        try site.replica.commit()
        _ = try site.replica.checkpoint()
        try site.reopen()
        let before = site.replica.vector(of: Self.scope)
        try Self.write(50, site)
        site.disk.arm(DiskFault(.errorsFromThenOn, after: 0, of: [.read]))
        #expect(throws: StorageError.self) { _ = try site.replica.record(TestSchema.ticket(20, in: Self.scope)) }
        site.disk.disarm()
        #expect(throws: StorageError.undone(path: Site.path)) { try site.replica.commit() }
        #expect(site.replica.vector(of: Self.scope) == before)
        try site.replica.commit()
    }

    @Test func `a signature that a failing disk took back fails nobody's write`() throws {
        let site = try Site(1)
        for number in 0..<40 { try Self.write(number, site, bytes: 60_000) }
        try site.replica.commit()
        _ = try site.replica.checkpoint()
        try site.reopen()
        #expect(try site.replica.ownCheckpoints(of: [Self.scope]) { _ in [1] }.count == 1)
        site.disk.arm(DiskFault(.errorsFromThenOn, after: 0, of: [.read]))
        #expect(throws: StorageError.self) { _ = try site.replica.record(TestSchema.ticket(20, in: Self.scope)) }
        site.disk.disarm()
        try Self.write(50, site)
        try site.replica.commit()
        #expect(site.replica.vector(of: Self.scope).entries.map(\.sequence) == [41])
        #expect(site.replica.checkpoints(of: Self.scope).isEmpty, "it is signed again, and was told to nobody")
    }

    /// The commit fails, and so does the look at what is left: a replica that went on with half a memory would give a number
    /// of its own a second time.
    @Test func `a disk that fails twice in a row makes no sequence number twice`() throws {
        for passes in 0..<60 {
            let site = try Site(1)
            try Self.write(1, site)
            try site.replica.commit()
            try site.reopen()
            let before = site.replica.vector(of: Self.scope)
            site.disk.arm(DiskFault(.errorsFromThenOn, after: passes))
            do {
                try Self.write(2, site)
                try site.replica.commit()
            } catch is StorageError {
            }
            site.disk.disarm()
            try? site.replica.commit()
            let receipt = try site.replica.apply(at: Site.epoch) {
                try $0.set(TestSchema.Ticket.title, of: Self.key, to: .integer(3))
            }.receipt
            #expect(receipt.dots.allSatisfy { $0.dot.sequence > before.sequence(of: $0.dot.origin) }, "\(passes)")
            try site.replica.commit()
            #expect(try site.replica.record(TestSchema.ticket(1, in: Self.scope)).cells.count == 1)
        }
    }
}
