import Replica

/// The rows that an engine wrote in one commit, in its order.
struct WrittenRows {
    private(set) var rows: [(table: Table, key: [UInt8], value: [UInt8])] = []

    /// What appending took, to be taken off the engine's time.
    private(set) var secondsSpent = 0.0

    mutating func append(_ table: Table, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        secondsSpent += seconds { rows.append((table, Array(key), Array(value))) }
    }
}

/// A bare SQLite file with a replica's tables and pragmas: what the same rows cost without an engine.
final class TwinFile {
    private let connection: Connection
    private var puts: [Table: Statement] = [:]

    init(path: String, cacheKiB: Int) throws {
        connection = try Connection(path: path, mode: .create)
        for table in Table.allCases {
            try connection.execute(
                "CREATE TABLE \(table.rawValue)(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID")
        }
        try prepare(cacheKiB)
    }

    /// - Parameter path: a copy of a replica's file.
    init(copy path: String, cacheKiB: Int) throws {
        connection = try Connection(path: path, mode: .write)
        try prepare(cacheKiB)
    }

    private func prepare(_ cacheKiB: Int) throws {
        try connection.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
            PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -\(cacheKiB);
            """)
        for table in Table.allCases {
            puts[table] = try connection.prepare("REPLACE INTO \(table.rawValue)(key, value) VALUES (?, ?)")
        }
    }

    /// Writes rows in one transaction.
    func write(_ written: WrittenRows) throws {
        try connection.execute("BEGIN IMMEDIATE")
        for (table, key, value) in written.rows {
            try key.withUnsafeBytes { key in
                try value.withUnsafeBytes { value in try puts[table]?.run(key, value) }
            }
        }
        try connection.execute("COMMIT")
    }

    func checkpoint() throws {
        try connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    }
}
