import CRDT
import Replica
import Simulation
import Testing

/// Whoever was told that a commit failed does it again: it must not come back by itself.
@Suite struct FailedCommitTests {
    private static let scope = TestSchema.scopes[0]

    private static func apply(_ number: Int, _ site: Site, bytes: Int = 10) throws {
        try site.replica.apply(at: Site.epoch) {
            let value = Value.bytes([UInt8](repeating: 7, count: bytes))
            try $0.set(TestSchema.Ticket.title, of: TestSchema.ticket(number, in: scope), to: value)
        }
    }

    /// A site that holds ticket 1 durably and has applied ticket 2.
    private static func prepared(isPowersafe: Bool, isCheckpointed: Bool) throws -> Site {
        let site = try Site(1, disk: SimulatedDisk(isPowersafeOverwrite: isPowersafe))
        try apply(1, site)
        try site.replica.commit()
        if isCheckpointed { try site.replica.checkpoint() }
        try apply(2, site, bytes: 20_000)
        return site
    }

    /// The tickets that can be there after a power cut now.
    private static func findings(after disk: SimulatedDisk, as identity: UInt32) throws -> Set<[Int]> {
        var random = SeededRandom(seed: 3)
        var found: Set<[Int]> = []
        for survival in Survival.allCases {
            for _ in 0..<3 {
                let image = disk.powerCut(keeping: survival, using: &random)
                let site = try Site(identity, disk: SimulatedDisk(image), isNew: false)
                found.insert(
                    try (1...3).filter { try !site.replica.record(TestSchema.ticket($0, in: scope)).isEmpty })
            }
        }
        return found
    }

    @Test(arguments: [false, true], [false, true])
    func `what failed for certain never comes back, and what is undecided is gone after the next commit`(
        _ isPowersafe: Bool, _ isCheckpointed: Bool
    ) throws {
        var (failures, undecided) = (0, 0)
        for effect in [DiskFault.Effect.error, .errorsFromThenOn] {
            for passes in 0..<40 {
                let site = try Self.prepared(isPowersafe: isPowersafe, isCheckpointed: isCheckpointed)
                site.disk.arm(DiskFault(effect, after: passes, of: DiskOperation.changes))
                do {
                    try site.replica.commit()
                } catch StorageError.undecided {
                    undecided += 1
                    #expect(try Self.findings(after: site.disk, as: 1).isSubset(of: [[1], [1, 2]]))
                } catch is StorageError {
                    failures += 1
                    #expect(try Self.findings(after: site.disk, as: 1) == [[1]], "\(effect) after \(passes)")
                }
                site.disk.disarm()
                guard site.replica.vector(of: Self.scope).entries.map(\.sequence) == [1] else { continue }
                try Self.apply(3, site)
                try site.replica.commit()
                #expect(try Self.findings(after: site.disk, as: 1) == [[1, 3]], "\(effect) after \(passes)")
            }
        }
        #expect(failures > 5)
        #expect(undecided > 5)
    }

    @Test(arguments: [false, true])
    func `a full disk refuses for certain, however little room is left`(_ isPowersafe: Bool) throws {
        var failures = 0
        for spare in stride(from: 0, to: 40_000, by: 700) {
            let site = try Self.prepared(isPowersafe: isPowersafe, isCheckpointed: false)
            site.disk.capacityBytes = site.disk.usedBytes + spare
            do {
                try site.replica.commit()
            } catch StorageError.diskFull {
                failures += 1
                #expect(try Self.findings(after: site.disk, as: 1) == [[1]], "\(spare) bytes to spare")
            }
        }
        #expect(failures > 5)
    }

    @Test func `a disk that turns read-only refuses for certain`() throws {
        let site = try Self.prepared(isPowersafe: true, isCheckpointed: false)
        site.disk.isReadOnly = true
        #expect(throws: StorageError.readOnly(path: Site.path)) { try site.replica.commit() }
        #expect(try Self.findings(after: site.disk, as: 1) == [[1]])
    }
}
