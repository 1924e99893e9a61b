import CRDT
import Replica
import Simulation
import Sync

/// Four sites that ask each other for rights and spend them, meet in any order, and lose their power; with a log of its own of
/// what was promised to people.
struct EscrowSchedule {
    struct Violation: Error { let detail: String }

    private let sites: [EscrowSite]
    private var random: SeededRandom
    private var minted: UInt64 = 0
    /// Promises that were acknowledged, by site.
    private var promised: [UInt64]

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        sites = try (0..<4).map { member in try EscrowSite(member, keeping: { _, _ in UInt64(member) }) }
        promised = Array(repeating: 0, count: sites.count)
    }

    mutating func run(steps: Int) throws {
        for _ in 0..<steps { try step() }
        for _ in 0..<2 {
            for site in sites {
                for other in sites where other !== site { try site.pull(from: other) }
                try site.decide()
            }
        }
        for site in sites { for other in sites where other !== site { try site.pull(from: other) } }
        try check()
    }

    private mutating func step() throws {
        let index = Int.random(in: 0..<sites.count, using: &random)
        let (site, other) = (sites[index], sites[Int.random(in: 0..<sites.count, using: &random)])
        let amount = UInt64.random(in: 1...9, using: &random)
        do {
            switch Int.random(in: 0..<10, using: &random) {
            case 0 where index == 0:
                try site.mint(amount)
                minted += amount
            case 0...2:
                try site.use(amount)
                promised[index] += amount
            case 3, 4: try site.request(amount, from: other.origin)
            case 5, 6: try site.decide()
            case 7: try site.restart()
            default: if other !== site { try site.pull(from: other) }
            }
        } catch ReplicaError.escrow(_, _, .insufficient), ReplicaError.escrow(_, _, .requestOpen) {
            return
        }
        guard promised.reduce(0, +) <= minted else { throw Violation(detail: "\(promised) promised of \(minted)") }
    }

    /// All hold the same now: what was promised is known to all, and no right was lost or doubled.
    private func check() throws {
        for site in sites {
            let escrow = try site.escrow()
            let held = sites.reduce(0) { $0 + escrow.rights(of: $1.origin) }
            guard escrow.inUse == promised.reduce(0, +), escrow.minted == minted, held + Int64(escrow.inUse) == Int64(minted)
            else { throw Violation(detail: "\(escrow) against \(promised) of \(minted)") }
            for requester in sites {
                for grantor in sites where escrow.openRequest(of: requester.origin, to: grantor.origin) != nil {
                    throw Violation(detail: "a request was left open")
                }
            }
        }
    }
}
