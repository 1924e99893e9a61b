import CSQLite
import Simulation
import Testing

@Suite struct DiskFaultTests {
    @Test(arguments: [History.log, .rollback], DiskOperation.allCases)
    func `an error at any operation costs no acknowledged commit, now or after a power cut`(
        _ history: History, operation: DiskOperation
    ) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        var history = history
        history.saleCount = 15
        let healthy = SimulatedDisk()
        _ = history.run(on: healthy)
        for point in stride(from: 0, to: healthy.operations[operation], by: 3) {
            let disk = SimulatedDisk()
            disk.arm(DiskFault(.error, after: point, of: [operation]))
            let progress = history.run(on: disk, retries: 3)
            #expect(progress.acknowledged == history.saleCount, "\(operation) \(point)")
            let image = disk.powerCut(keeping: .allCases.randomElement(using: &random) ?? .nothing, using: &random)
            let live = Recovery.violations(on: disk, after: progress)
            let after = Recovery.violations(of: image, after: progress)
            #expect(live.isEmpty && after.isEmpty, "\(live) \(after), seed \(seed), \(operation) \(point)")
        }
    }

    @Test(arguments: DiskOperation.allCases)
    func `errors that do not end stop the history and leave the database good`(_ operation: DiskOperation) {
        let disk = SimulatedDisk()
        disk.arm(DiskFault(.errorsFromThenOn, after: 20, of: [operation]))
        var history = History.log
        history.saleCount = 200
        let progress = history.run(on: disk, retries: 5)
        disk.disarm()
        let violations = Recovery.violations(on: disk, after: progress)
        #expect(violations.isEmpty, "\(violations)")
        if [.read, .write, .sync, .lock].contains(operation) { #expect(progress.acknowledged < history.saleCount) }
    }

    @Test func `the n-th operation fails with the code of its kind`() throws {
        let disk = SimulatedDisk()
        let connection = try Connection(disk)
        try connection.run("PRAGMA journal_mode = WAL; \(History.tables)")
        disk.arm(DiskFault(.error, after: 0, of: [.sync]))
        do {
            try connection.run(History.sell(1))
            Issue.record("the sync did not fail")
        } catch {
            #expect(error.extendedCode == Int32(ATOLL_IOERR_FSYNC))
        }
    }

    @Test(arguments: [History.Journal.log(checkpointEvery: .max), .rollback])
    func `a disk that fills up during a commit refuses it and works on once there is space`(_ journal: History.Journal) throws {
        let disk = SimulatedDisk()
        let history = History(journal: journal, saleCount: 5, synchronous: "EXTRA")
        let before = history.run(on: disk)
        let connection = try Connection(disk)
        try connection.run("CREATE TABLE bulk (content BLOB)")
        let usedBytes = disk.usedBytes
        for spare in stride(from: 0, to: 9000, by: 700) {
            disk.capacityBytes = usedBytes + spare
            let refused = code { () throws(Connection.Failure) in
                try connection.run("INSERT INTO bulk VALUES (randomblob(40000))")
            }
            #expect(refused == SQLITE_FULL, "\(spare)")
            #expect(try connection.integers("SELECT count(*) FROM bulk") == [0])
        }
        disk.capacityBytes = SimulatedDisk.defaultCapacityBytes
        try connection.run("INSERT INTO bulk VALUES (randomblob(40000))")
        #expect(try connection.integers("SELECT count(*) FROM bulk") == [1])
        #expect(Recovery.violations(on: disk, after: before).isEmpty)
    }

    @Test func `a disk that fills up during a checkpoint keeps the log and finishes once there is space`() throws {
        let disk = SimulatedDisk()
        let connection = try Connection(disk)
        try connection.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; \(History.tables)")
        for sale in 1...20 { try connection.run(History.sell(sale)) }
        disk.capacityBytes = disk.usedBytes + 5000
        let refused = code { () throws(Connection.Failure) in try connection.run("PRAGMA wal_checkpoint(TRUNCATE)") }
        #expect(refused == SQLITE_FULL)
        let progress = History.Progress(acknowledged: 20, begun: 20)
        var random = SeededRandom(seed: 4)
        for survival in Survival.allCases {
            let violations = Recovery.violations(of: disk.powerCut(keeping: survival, using: &random), after: progress)
            #expect(violations.isEmpty, "\(survival): \(violations)")
        }
        disk.capacityBytes = SimulatedDisk.defaultCapacityBytes
        #expect(try connection.integers("PRAGMA wal_checkpoint(TRUNCATE)") == [0, 0, 0])
        #expect(disk.image.files["shop.sqlite-wal"] == [])
        #expect(Recovery.violations(on: disk, after: progress).isEmpty)
    }

    @Test func `a read-only disk is read and refuses every change`() throws {
        let written = SimulatedDisk()
        let progress = History.rollback.run(on: written)
        let disk = SimulatedDisk(written.image)
        disk.isReadOnly = true
        #expect(Recovery.violations(on: disk, after: progress).isEmpty)
        let connection = try Connection(disk)
        let refused = code { () throws(Connection.Failure) in try connection.run(History.sell(61)) }
        #expect(refused == SQLITE_READONLY)
        let uncreated = code { () throws(Connection.Failure) in _ = try Connection(disk, "other.sqlite") }
        #expect(uncreated == SQLITE_CANTOPEN)
        #expect(disk.image == written.image)
    }

    @Test func `a disk that turns read-only under a writer refuses the commit and keeps what there was`() throws {
        let disk = SimulatedDisk()
        let connection = try Connection(disk)
        try connection.run("PRAGMA journal_mode = WAL; \(History.tables); \(History.sell(1))")
        disk.isReadOnly = true
        let refused = code { () throws(Connection.Failure) in try connection.run(History.sell(2)) }
        #expect(refused == SQLITE_READONLY)
        #expect(try connection.integers("SELECT sales FROM totals") == [1])
    }

    @Test func `bits that rot are read back as they are`() throws {
        let disk = SimulatedDisk()
        _ = History.rollback.run(on: disk)
        let before = try #require(disk.image.files["shop.sqlite"])
        let pageType = 4096
        #expect(disk.flip(0b1000_0000, at: pageType, of: "shop.sqlite"))
        let after = try #require(disk.image.files["shop.sqlite"])
        #expect(after[pageType] == before[pageType] ^ 0b1000_0000)
        #expect(after.enumerated().filter { $0.element != before[$0.offset] }.map(\.offset) == [pageType])
        #expect(code { () throws(Connection.Failure) in try Connection(disk).run("SELECT * FROM sales") } == SQLITE_CORRUPT)
        var random = SeededRandom(seed: 6)
        #expect(disk.powerCut(keeping: .nothing, using: &random).files["shop.sqlite"] == after)
        #expect(!disk.flip(1, at: before.count, of: "shop.sqlite"))
        #expect(!disk.flip(1, at: 0, of: "missing.sqlite"))
    }
}
