import CSQLite
import Simulation

/// A shop's day on one database: sales that each touch three tables in one transaction.
///
/// Sale n inserts its row and three lines, changes an old sale, and moves the totals on to n. So a database shows how many
/// sales it holds, and half a sale shows as totals that differ from the rows.
struct History {
    enum Journal {
        /// A write-ahead log, checkpointed after every so many sales.
        case log(checkpointEvery: Int)
        /// A rollback journal, deleted at each commit.
        case rollback
    }

    var journal: Journal
    var saleCount = 60
    /// With a rollback journal only `EXTRA` makes the journal's removal, and so the commit, durable.
    var synchronous = "FULL"

    static let log = History(journal: .log(checkpointEvery: 9))
    static let neverCheckpointed = History(journal: .log(checkpointEvery: .max))
    static let rollback = History(journal: .rollback, synchronous: "EXTRA")

    /// How far a history came; -1 is before the tables.
    struct Progress {
        var acknowledged = -1
        var begun = -1
    }

    /// Sells until done or until something fails.
    ///
    /// - Parameter retries: how many failures are answered by a rollback and another attempt.
    func run(on disk: SimulatedDisk, retries: Int = 0) -> Progress {
        var progress = Progress()
        var retriesLeft = retries
        while true {
            do {
                try run(on: Connection(disk), &progress)
                return progress
            } catch {
                guard retriesLeft > 0, disk.isPowered else { return progress }
                retriesLeft -= 1
            }
        }
    }

    private func run(on connection: Connection, _ progress: inout Progress) throws(Connection.Failure) {
        try connection.run(
            "PRAGMA journal_mode = \(journalMode); PRAGMA synchronous = \(synchronous); PRAGMA wal_autocheckpoint = 0")
        progress.begun = max(progress.begun, 0)
        try connection.run(Self.tables)
        progress.acknowledged = max(progress.acknowledged, 0)
        let held = try connection.integers("SELECT sales FROM totals")[0]
        for sale in stride(from: held + 1, through: saleCount, by: 1) {
            progress.begun = max(progress.begun, sale)
            try connection.run(Self.sell(sale))
            progress.acknowledged = sale
            if case .log(let interval) = journal, sale.isMultiple(of: interval) {
                try connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
    }

    private var journalMode: String {
        if case .rollback = journal { "DELETE" } else { "WAL" }
    }

    static let tables = """
        BEGIN;
        CREATE TABLE IF NOT EXISTS sales (id INTEGER PRIMARY KEY, note TEXT, changes INT NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS lines (sale INT, number INT, sku TEXT, PRIMARY KEY (sale, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS totals (id INTEGER PRIMARY KEY, sales INT, lines INT);
        INSERT OR IGNORE INTO totals VALUES (1, 0, 0);
        COMMIT
        """

    static func sell(_ sale: Int) -> String {
        """
        BEGIN IMMEDIATE;
        INSERT INTO sales (id, note) VALUES (\(sale), '\(String(repeating: "note \(sale) ", count: 10 + sale * 37 % 90))');
        INSERT INTO lines VALUES (\(sale), 1, 'sku \(sale)'), (\(sale), 2, 'sku \(sale * 7)'), (\(sale), 3, 'sku \(sale * 13)');
        UPDATE sales SET changes = changes + 1 WHERE id = \(sale * sale / 3 % sale + 1);
        UPDATE totals SET sales = sales + 1, lines = lines + 3;
        COMMIT
        """
    }
}
