import CSQLite
import Simulation
import Testing

@Suite struct PowerCutTests {
    /// Crashes `history` before every `stride`-th change of the disk and hands the dead disk to `body`.
    private func crash(
        _ history: History, every stride: Int, isPowersafeOverwrite: Bool = false, syncLies: Bool = false,
        _ body: (SimulatedDisk, History.Progress, _ point: Int) throws -> Void
    ) rethrows {
        var point = 0
        while true {
            let disk = SimulatedDisk(isPowersafeOverwrite: isPowersafeOverwrite)
            disk.syncLies = syncLies
            disk.arm(DiskFault(.powerLoss, after: point, of: DiskOperation.changes))
            let progress = history.run(on: disk)
            try body(disk, progress, point)
            if disk.isPowered { return }
            point += stride
        }
    }

    @Test(arguments: [(History.log, 2), (.neverCheckpointed, 7), (.rollback, 3)], [false, true])
    func `an acknowledged commit survives every power cut`(_ run: (history: History, stride: Int), isPowersafe: Bool) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        var rounds = 0
        crash(run.history, every: run.stride, isPowersafeOverwrite: isPowersafe) { disk, progress, point in
            for survival in Survival.allCases {
                let image = disk.powerCut(keeping: survival, using: &random)
                let violations = Recovery.violations(of: image, after: progress)
                #expect(violations.isEmpty, "\(violations), seed \(seed), point \(point), \(survival)")
                rounds += 1
            }
        }
        #expect(rounds > 400)
    }

    @Test(arguments: [History.log, .rollback])
    func `a power cut during the recovery from a power cut loses nothing`(_ history: History) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        crash(history, every: 31) { disk, progress, point in
            for survival in Survival.allCases {
                let first = disk.powerCut(keeping: survival, using: &random)
                for passes in 0..<40 {
                    let recovering = SimulatedDisk(first)
                    recovering.arm(DiskFault(.powerLoss, after: passes, of: DiskOperation.changes))
                    let recovered = Recovery.violations(on: recovering, after: progress)
                    let second = recovering.powerCut(
                        keeping: .allCases.randomElement(using: &random) ?? .nothing, using: &random)
                    let violations = Recovery.violations(of: second, after: progress)
                    #expect(violations.isEmpty, "\(violations), seed \(seed), point \(point), \(survival), then \(passes)")
                    if recovering.isPowered {
                        #expect(recovered.isEmpty)
                        break
                    }
                }
            }
        }
    }

    @Test(arguments: [History.log, .neverCheckpointed, .rollback])
    func `a lying sync is found out`(_ history: History) {
        var random = SeededRandom(seed: 1)
        var rounds = 0
        var violated = 0
        crash(history, every: 23, syncLies: true) { disk, progress, _ in
            for survival in Survival.allCases where survival != .everything {
                let image = disk.powerCut(keeping: survival, using: &random)
                violated += Recovery.violations(of: image, after: progress).isEmpty ? 0 : 1
                rounds += 1
            }
        }
        #expect(violated > rounds / 2, "\(violated) of \(rounds)")
    }

    /// How often a history that syncs too little loses acknowledged commits; it must not do anything worse.
    private func losses(_ history: History, synchronous: String) -> Int {
        var (history, random, lost) = (history, SeededRandom(seed: 2), 0)
        history.synchronous = synchronous
        crash(history, every: 5) { disk, progress, point in
            let image = disk.powerCut(keeping: .nothing, using: &random)
            let violations = Recovery.violations(of: image, after: progress)
            #expect(violations.allSatisfy { $0.contains("acknowledged") }, "\(violations), point \(point)")
            lost += violations.count
        }
        return lost
    }

    @Test func `synchronous NORMAL loses acknowledged commits and nothing else`() {
        #expect(losses(.log, synchronous: "NORMAL") > 0)
    }

    @Test func `a rollback journal that is removed without a sync of the directory comes back`() {
        #expect(losses(.rollback, synchronous: "FULL") > 0)
    }

    @Test func `a dead disk refuses everything and stays as it was`() throws {
        let disk = SimulatedDisk()
        let connection = try Connection(disk)
        try connection.run("PRAGMA journal_mode = WAL; \(History.tables)")
        let before = disk.image
        disk.losePower()
        let refused = code { () throws(Connection.Failure) in try connection.run(History.sell(1)) }
        #expect(refused == SQLITE_IOERR)
        let unopened = code { () throws(Connection.Failure) in try Connection(disk).run("SELECT * FROM totals") }
        #expect(unopened == SQLITE_IOERR)
        #expect(disk.image == before)
        #expect(!disk.isPowered)
    }
}
