import CRDT
import Foundation
import Replica
import Simulation
import Testing

/// One small workload, interrupted at every single operation by which the disk changes.
@Suite struct CrashPointTests {
    private static let givenSeed = ProcessInfo.processInfo.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }

    @Test(arguments: [false, true])
    func `power may fail at any write or sync`(isPowersafeOverwrite: Bool) throws {
        let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let work = try CrashWork()
        var point = 0
        while true {
            let disk = SimulatedDisk(isPowersafeOverwrite: isPowersafeOverwrite)
            disk.arm(DiskFault(.powerLoss, after: point, of: DiskOperation.changes))
            let done = work.run(on: disk).done
            if disk.isPowered { break }
            for survival in [Survival.nothing, .tornPrefix, .sectors] {
                let image = disk.powerCut(keeping: survival, using: &random)
                do {
                    try work.recover(on: SimulatedDisk(image), from: done)
                } catch {
                    Issue.record("ATOLL_TEST_SEED=\(seed), point \(point), step \(done), \(survival): \(error)")
                    return
                }
            }
            point += 1
        }
        #expect(point > 200)
    }

    @Test(arguments: [DiskFault.Effect.error, .errorsFromThenOn, .fullFromThenOn], [DiskOperation.write, .sync])
    func `the disk may be full, or fail, at any write or sync`(_ effect: DiskFault.Effect, _ operation: DiskOperation) throws {
        let work = try CrashWork()
        var point = 0
        while true {
            let disk = SimulatedDisk()
            disk.arm(DiskFault(effect, after: point, of: [operation]))
            let (done, replica, error) = work.run(on: disk)
            guard let error else { break }
            do {
                try require(error is StorageError, "a disk's failure comes out as \(error)")
                disk.disarm()
                if let replica { try work.goOn(replica, from: done) }
                try work.recover(on: SimulatedDisk(disk.image), from: replica == nil ? done : work.stepCount)
            } catch {
                Issue.record("\(effect) from \(operation) \(point) on, step \(done): \(error)")
                return
            }
            point += 1
        }
        #expect(point > (operation == .write ? 100 : 20))
    }
}

/// What a replica does, step by step, and what it must hold after each.
private struct CrashWork {
    private typealias Step = (Replica) throws -> Void

    private let steps: [Step]
    /// After each step of an undisturbed run; the first is after the creation.
    private let portraits: [Portrait]

    /// Besides the creation.
    var stepCount: Int { portraits.count }

    init() throws {
        let (small, large) = try (Self.peerDelta(member: 2, records: 3), Self.peerDelta(member: 3, records: 45))
        let half = large.records.count / 2
        let (first, second) = (Array(large.records[..<half]), Array(large.records[half...]))
        steps =
            [
                { try $0.perform(at: 1000, Self.write) },
                { try $0.perform(at: 2000) { try $0.remove(Shop.tags, .index(1), of: Shop.note) } },
                { try $0.join([small], at: 3000, from: 9) },
                { _ = try $0.stage(large.header, from: 9) },
                { try $0.stage(first, in: Shop.books, from: 9) },
                { try $0.stage(second, in: Shop.books, from: 9) },
                { try $0.publish(Shop.books, from: 9) },
                { try $0.perform(at: 4000) { try $0.set(Shop.text, of: Self.note(3025), to: .text("seen")) } },
                {
                    try $0.confirm(small.header.cut.points[0].point, of: small.header.cut.points[0].origin, in: Shop.books)
                    try $0.commit()
                },
                {
                    _ = try $0.ownCheckpoints(of: [Shop.books]) { _ in [1] }
                    try $0.commit()
                },
                {
                    try $0.keep(Self.checkpoint(of: large)) { _, _ in true }
                    try $0.commit()
                },
            ] + Array(repeating: { _ = try $0.fold(at: 5000, byteBudget: 1) }, count: 4) + [
                { try $0.checkpoint() },
                { try $0.advanceHorizon(of: Shop.books, acknowledged: [], at: 6000) },
                { _ = try $0.collectMarks() },
                { try $0.compact() },
                { try $0.vacuum() },
                { try $0.reincarnate(as: 77, at: 7000) },
                { try $0.perform(at: 8000) { try $0.state(.integer(2), in: Shop.lines, of: Shop.sale(2)) } },
                { try $0.checkpoint() },
            ]
        let replica = try Shop.replica(1)
        portraits = try steps.reduce(into: [try Portrait(of: replica)]) { portraits, step in
            try step(replica)
            portraits.append(try Portrait(of: replica))
        }
        try require(portraits.count { $0.isFolding } > 2, "the cut is folded in more than one move")
        try require(Set(portraits).count == 16, "most steps are seen")
    }

    /// Runs until something fails.
    ///
    /// - Returns: how many steps were acknowledged, the creation included.
    func run(on disk: SimulatedDisk) -> (done: Int, replica: Replica?, error: (any Error)?) {
        var (done, replica) = (0, Replica?.none)
        do {
            let made = try Shop.replica(1, on: disk)
            (done, replica) = (1, made)
            for step in steps {
                try step(made)
                done += 1
            }
            return (done, replica, nil)
        } catch {
            return (done, replica, error)
        }
    }

    /// Opens what a power cut left: it must be what was acknowledged, or all of the next step; and the work goes on from there.
    func recover(on disk: SimulatedDisk, from done: Int) throws {
        let replica: Replica
        do {
            replica = try withExtendedLifetime(disk) { try Replica.open(at: "replica.db", Shop.parameters(disk, run: 8)) }
        } catch {
            // Before the creation was acknowledged, nobody was told that there is a replica.
            let isTyped = error is StorageError || error is ReplicaError
            return try require(done == 0 && isTyped, "it does not open: \(error)")
        }
        try goOn(replica, from: done)
    }

    func goOn(_ replica: Replica, from done: Int) throws {
        let found = try Portrait(of: replica)
        let possible = portraits[max(0, done - 1)...min(done, portraits.count - 1)]
        guard let index = possible.firstIndex(of: found) else {
            throw Violation("found \(found), neither \(possible.map(\.description).joined(separator: " nor "))")
        }
        for step in steps[min(index, steps.count)...] { try step(replica) }
        let end = try Portrait(of: replica)
        try require(end == portraits.last, "it ends in \(end), not \(portraits[portraits.count - 1])")
        for scope in replica.heldScopes {
            let digest = try replica.recomputedDigest(of: scope, key: Array(0..<16))
            try require(replica.digest(of: scope) == digest, "the digest of \(scope) drifted")
        }
    }

    private static func note(_ number: UInt64) -> RecordKey {
        RecordKey(scope: Shop.books, collection: 11, id: Identifier(number: number, digits: 4))
    }

    private static func write(_ transaction: Transaction) throws {
        try transaction.set(Shop.text, of: Shop.note, to: .text("a"))
        for tag in 1...2 { try transaction.insert(.index(UInt64(tag)), into: Shop.tags, of: Shop.note) }
        try transaction.state(.integer(5), in: Shop.lines, of: Shop.sale(1))
    }

    /// A peer's word for all that it has told.
    private static func checkpoint(of delta: Delta) -> SignedCheckpoint {
        let (origin, point) = delta.header.cut.points[0]
        return SignedCheckpoint(scope: delta.header.scope, origin: origin, point: point, signature: [2])
    }

    private static func peerDelta(member: UInt32, records: Int) throws -> Delta {
        let peer = try Shop.replica(member)
        for number in 0..<records {
            try peer.perform(at: 500) {
                let key = note(UInt64(member) * 1000 + UInt64(number))
                try $0.set(Shop.text, of: key, to: .text(String(repeating: "\(number) ", count: 300)))
            }
        }
        guard let delta = try peer.delta(Shop.books, for: Cut()) else { throw Violation("a peer has nothing to tell") }
        return delta
    }
}

/// All that can be seen of a replica, but for stamps and hashes, which differ from run to run.
private struct Portrait: Hashable, CustomStringConvertible {
    private let origin: Origin
    private let isClosed: Bool
    private var vectors: [Scope: VersionVector] = [:]
    private var cells: [RecordKey: [Cell]] = [:]
    private var staged: [Scope: RecordKey?] = [:]
    private var relayed: [Scope: [RelayedSpan]] = [:]
    /// Whose, and up to where.
    private var checkpoints: [VersionVector.Entry] = []
    private(set) var isFolding = false

    init(of replica: Replica) throws {
        origin = replica.identity.origin
        isClosed = replica.isClosed
        relayed = replica.relayed
        for scope in replica.heldScopes where !replica.vector(of: scope).isEmpty {
            vectors[scope] = replica.vector(of: scope)
            checkpoints += replica.checkpoints(of: scope).map { .init(origin: $0.origin, sequence: $0.point.sequence) }
            for key in try replica.keys(of: scope) {
                cells[key] = try replica.record(key).cells.map {
                    Cell(slot: $0.slot, dot: $0.dot, stamp: .none, content: $0.content)
                }
            }
        }
        for (header, sender, isPublished) in replica.stagedCuts {
            if isPublished { isFolding = true } else { staged[header.scope] = try replica.stage(header, from: sender) }
        }
    }

    var description: String {
        "\(origin.rawValue) at \(vectors.mapValues(\.entries)), \(cells.count) records, staged \(staged)"
    }

    static func == (left: Portrait, right: Portrait) -> Bool {
        left.origin == right.origin && left.isClosed == right.isClosed && left.vectors == right.vectors
            && left.cells == right.cells && left.staged == right.staged && left.relayed == right.relayed
            && left.checkpoints == right.checkpoints
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(origin)
        hasher.combine(vectors)
        hasher.combine(cells)
        hasher.combine(staged)
        hasher.combine(relayed)
    }
}
