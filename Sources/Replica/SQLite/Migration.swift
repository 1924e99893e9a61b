internal import CRDT

/// Brings files of older versions up to today's, in one transaction.
///
///     2   every row but a record's has a checksum behind its value; the table `recent`
///     3   the rows of staged cuts begin with their sender
struct Migration {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// - Parameter found: the file's version, which is not newer than this program's.
    func run(from found: Int) throws {
        guard found < Replica.fileVersion else { return }
        try connection.execute("BEGIN IMMEDIATE")
        do {
            if found < 2 { try seal() }
            try moveStaged()
            try connection.execute("PRAGMA user_version = \(Replica.fileVersion); COMMIT")
        } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
    }

    private func seal() throws {
        try connection.execute("CREATE TABLE \(Tables.recentColumns)")
        let tables = try Tables(connection)
        for table in Table.allCases where table != .record {
            for (key, value) in try rows("SELECT key, value FROM \(table.rawValue)", { ($0.bytes(0), $0.bytes(1)) }) {
                try tables.put(table, key, value)
            }
        }
        let meta = Meta(connection)
        for (name, value) in try rows("SELECT name, value FROM meta", { ($0.text(0), $0.bytes(1)) }) {
            try meta.set(name, value)
        }
        let origins = try rows("SELECT number, origin FROM origin ORDER BY number") {
            (Int($0.integer(0)), Origin(rawValue: UInt64(bitPattern: $0.integer(1))))
        }
        try connection.execute(
            "DELETE FROM origin; ALTER TABLE origin ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0")
        for (number, origin) in origins { try meta.add(origin, number: number) }
    }

    private func moveStaged() throws {
        let tables = try Tables(connection)
        // All is read before anything is written: what is written begins like the keys of the scope `chain` of before.
        var (transfers, chunks): ([(key: [UInt8], value: [UInt8])], [(key: [UInt8], value: [UInt8])]) = ([], [])
        try tables.scan(.transfer, from: [], upTo: [0xFF, 0xFF]) { key, value in
            transfers.append((Array(key), Array(value)))
            return true
        }
        try tables.scan(.staged, from: [], upTo: [0xFF, 0xFF]) { key, value in
            chunks.append((Array(key), Array(value)))
            return true
        }
        try connection.execute("DELETE FROM transfer; DELETE FROM staged")
        for (scope, value) in transfers {
            let place = try scope.withUnsafeBytes { scope in
                try tables.reading(.transfer, scope) { try value.withUnsafeBytes { try Overlay(value: $0).place } }
            }
            try tables.put(.transfer, place.prefix, value)
            for chunk in chunks where chunk.key.starts(with: scope) {
                try tables.put(.staged, place.slot + chunk.key, chunk.value)
            }
        }
    }

    private func rows<Row>(_ sql: String, _ read: (Statement) -> Row) throws -> [Row] {
        let statement = try connection.prepare(sql)
        var rows: [Row] = []
        while try statement.step() { rows.append(read(statement)) }
        return rows
    }
}
