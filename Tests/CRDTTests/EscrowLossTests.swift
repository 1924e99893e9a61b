import CRDT
import Testing

/// Random histories in which one replica is lost, and may be alive: what all promise together, against the quota.
@Suite struct EscrowLossTests {
    @Test func `rights that are minted again never promise more than the quota, and a living ghost no more than it held`() {
        for step in 0..<400 as Range<UInt64> {
            let seed = SeededRandom.firstSeed &+ step
            do {
                var loss = LossSchedule(seed: seed)
                try loss.run()
            } catch {
                Issue.record("ATOLL_TEST_SEED=\(seed): \(error)")
                return
            }
        }
    }
}

/// HQ, which mints and settles, two stores, and one that is lost. After the fence nobody meets the lost one; once all others
/// have brought HQ what they have, its rights are taken over. Then its late rows turn up all the same.
private struct LossSchedule {
    private let field: UInt32 = 4
    private var random: SeededRandom
    private var replicas = (0..<4 as Range<UInt64>).map { TestReplica($0 << 40 | $0 + 1) }
    private var minted: UInt64 = 0
    /// What people were promised, by replica.
    private var promised: [UInt64] = [0, 0, 0, 0]
    private let lost = 3

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func run() throws {
        for _ in 0..<60 { try act(random.below(4), among: 4) }
        // The fence: the lost one is on its own. All others bring what they have.
        for _ in 0..<random.below(20) { try act(random.below(4), among: 3) }
        for store in 1..<3 { try replicas[0].pull(from: replicas[store]) }
        let exposure = UInt64(max(0, replicas[0].records[0].escrow(field).rights(of: replicas[lost].origin)))
        let before = promised[lost]
        let known = replicas[0].records[0].escrow(field).rows[replicas[lost].origin]?.used ?? 0
        try expectEqual(try reclaim(), exposure, "what was taken over")
        try expectEqual(try reclaim(), 0, "what was taken over by a retry")
        for _ in 0..<60 { try act(random.below(4), among: 3) }
        let all = promised.reduce(0, +)
        try expectEqual(all - (promised[lost] - known) <= minted, true, "\(promised) promised of \(minted)")
        try expectEqual(promised[lost] - known <= exposure, true, "\(promised[lost]) of a ghost, \(before) known before")
        try meetGhost(counted: all - (promised[lost] - known))
    }

    /// Its rows come in late, and count for nothing beyond what was settled.
    private mutating func meetGhost(counted: UInt64) throws {
        for _ in 0..<2 {
            for left in replicas.indices { for right in replicas.indices { try replicas[left].pull(from: replicas[right]) } }
        }
        for replica in replicas {
            let escrow = replica.records[0].escrow(field)
            try expectEqual(escrow.inUse, counted, "in use")
            try expectEqual(escrow.rights(of: replicas[lost].origin) >= 0, true, "rights of the lost one")
            let held = replicas.reduce(0) { $0 + escrow.rights(of: $1.origin) }
            try expectEqual(held + Int64(escrow.inUse), Int64(minted), "held and in use, against minted")
        }
    }

    private mutating func reclaim() throws -> UInt64 {
        let lost = replicas[lost].origin
        return try replicas[0].write { record, version in
            try record.reclaimRights(of: lost, in: field, at: version)
        }
    }

    /// - Parameter count: the first so many meet each other; the others are on their own.
    private mutating func act(_ actor: Int, among count: Int) throws {
        let amount = UInt64(1 + random.below(6))
        let peer = random.below(4)
        var writer = replicas[actor]
        do {
            switch random.below(8) {
            case 0 where actor == 0:
                try writer.write { record, version in try record.mint(amount, in: field, at: version) }
                minted += amount
            case 0...2:
                try writer.write { record, version in try record.use(amount, of: field, at: version) }
                promised[actor] += amount
            case 3:
                let grantor = replicas[peer].origin
                try writer.write { record, version in
                    try record.requestRights(amount, from: grantor, of: field, at: version)
                }
            case 4, 5:
                let requester = replicas[peer].origin
                _ = try writer.write { record, version in
                    try record.grantRights(to: requester, of: field, keeping: 0, at: version)
                }
            default: if actor < count, peer < count { try writer.pull(from: replicas[peer]) }
            }
            replicas[actor] = writer
        } catch EscrowError.insufficient, EscrowError.requestOpen {
            return
        }
    }
}
