import CSQLite
import Foundation
import Simulation
import Synchronization
import Testing

@Suite struct DiskLockTests {
    @Test(arguments: ["DELETE", "WAL"])
    func `a second writer is told that the database is busy`(_ journalMode: String) throws {
        let disk = SimulatedDisk()
        let first = try Connection(disk)
        try first.run("PRAGMA journal_mode = \(journalMode); \(History.tables); BEGIN IMMEDIATE")
        let second = try Connection(disk)
        let refused = code { () throws(Connection.Failure) in try second.run("BEGIN IMMEDIATE") }
        #expect(refused == SQLITE_BUSY)
        #expect(try second.integers("SELECT sales FROM totals") == [0])
        try first.run("COMMIT")
        try second.run(History.sell(1))
        #expect(try first.integers("SELECT sales FROM totals") == [1])
    }

    @Test func `with a rollback journal a reader holds up the commit, and the commit new readers`() throws {
        let disk = SimulatedDisk()
        let writer = try Connection(disk)
        let reader = try Connection(disk)
        let newcomer = try Connection(disk)
        try writer.run(History.tables)
        #expect(try reader.integers("BEGIN; SELECT 1") == [])
        #expect(try reader.integers("SELECT sales FROM totals") == [0])
        #expect(code { () throws(Connection.Failure) in try writer.run(History.sell(1)) } == SQLITE_BUSY)
        #expect(code { () throws(Connection.Failure) in try newcomer.run("SELECT sales FROM totals") } == SQLITE_BUSY)
        try reader.run("COMMIT")
        try writer.run("COMMIT")
        #expect(try newcomer.integers("SELECT sales FROM totals") == [1])
    }

    @Test func `in WAL mode a reader keeps its snapshot while others write, checkpoint and leave`() throws {
        let disk = SimulatedDisk()
        let writer = try Connection(disk)
        try writer.run("PRAGMA journal_mode = WAL; \(History.tables); \(History.sell(1))")
        let reader = try Connection(disk)
        try reader.run("BEGIN")
        #expect(try reader.integers("SELECT sales FROM totals") == [1])
        do {
            let leaver = try Connection(disk)
            #expect(try leaver.integers("SELECT sales FROM totals") == [1])
        }
        try writer.run(History.sell(2))
        #expect(try writer.integers("PRAGMA wal_checkpoint(RESTART)")[0] == 1)
        #expect(try reader.integers("SELECT sales FROM totals") == [1])
        try reader.run("COMMIT")
        #expect(try writer.integers("PRAGMA wal_checkpoint(RESTART)")[0] == 0)
        #expect(try reader.integers("SELECT sales FROM totals") == [2])
    }

    @Test func `a wait for a lock takes time on the disk's clock only`() throws {
        let disk = SimulatedDisk()
        disk.unixMilliseconds = 1_800_000_000_000
        let first = try Connection(disk)
        try first.run("\(History.tables); BEGIN IMMEDIATE")
        let second = try Connection(disk)
        #expect(try second.rows("SELECT datetime('now')") == [["2027-01-15 08:00:00"]])
        try second.run("PRAGMA busy_timeout = 5000")
        #expect(code { () throws(Connection.Failure) in try second.run("BEGIN IMMEDIATE") } == SQLITE_BUSY)
        #expect(disk.unixMilliseconds == 1_800_000_005_000)
    }

    @Test func `a reader on another thread sees only whole commits while a writer writes and checkpoints`() async throws {
        let race = Race()
        let disk = SimulatedDisk { race.waitForStep() }
        // Open all along, so that no other connection is the last to leave, which would lock the database for a moment.
        let witness = try Connection(disk)
        try witness.run("PRAGMA journal_mode = WAL; \(History.tables)")
        let readers = (0..<2).map { _ in startThread { Self.read(disk, race) } }
        let writer = startThread {
            defer { race.isOver.store(true, ordering: .releasing) }
            return Self.write(disk, race)
        }
        for await failure in writer { #expect(failure == nil) }
        for reader in readers {
            for await violations in reader { #expect(violations.isEmpty) }
        }
        #expect(race.seen.withLock { $0.count } > 50)
        #expect(try witness.rows("PRAGMA integrity_check") == [["ok"]])
    }

    /// What the threads of one test share.
    private final class Race: Sendable {
        /// The numbers of sales that readers have seen; the writer goes on until there are enough.
        let seen = Mutex<Set<Int>>([])
        let isOver = Atomic(false)
        private let condition = NSCondition()

        /// A thread has done something, so that whoever waits for a lock may try again.
        func step() { condition.withLock { condition.broadcast() } }

        /// Whoever holds the lock may be a thread without a processor, and SQLite gives up once it has waited a hundred times.
        func waitForStep() {
            condition.lock()
            defer { condition.unlock() }
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05))
        }
    }

    private static func write(_ disk: SimulatedDisk, _ race: Race) -> Connection.Failure? {
        do throws(Connection.Failure) {
            let writer = try Connection(disk)
            try writer.run("PRAGMA synchronous = FULL")
            for sale in 1...5000 {
                try writer.run(History.sell(sale))
                race.step()
                if sale.isMultiple(of: 7) { try writer.run("PRAGMA wal_checkpoint(PASSIVE)") }
                if sale > 200, race.seen.withLock({ $0.count }) > 50 { break }
            }
            return nil
        } catch {
            return error
        }
    }

    /// Reads until the writer is done, on a connection that it now and then opens anew, and reports what cannot be.
    private static func read(_ disk: SimulatedDisk, _ race: Race) -> [String] {
        var violations: [String] = []
        var latest = 0
        while !race.isOver.load(ordering: .acquiring) {
            do throws(Connection.Failure) {
                let connection = try Connection(disk)
                for _ in 0..<20 {
                    let counts = try connection.integers(
                        "SELECT sales, lines, (SELECT count(*) FROM sales), (SELECT count(*) FROM lines) FROM totals")
                    guard let sales = counts.first else { break }
                    if counts != [sales, 3 * sales, sales, 3 * sales] { violations.append("half a sale: \(counts)") }
                    if sales < latest { violations.append("\(latest), then \(sales)") }
                    latest = sales
                    race.seen.withLock { _ = $0.insert(sales) }
                    race.step()
                }
            } catch {
                violations.append("\(error)")
            }
        }
        return violations
    }
}

/// Starts a thread, which may block, and gives its result when it ends.
private func startThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> AsyncStream<Result> {
    let (results, continuation) = AsyncStream<Result>.makeStream()
    Thread.detachNewThread {
        continuation.yield(body())
        continuation.finish()
    }
    return results
}
