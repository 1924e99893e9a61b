internal import CRDT
public import Replica

/// The shop's data as tables of a database beside the replica, for questions in SQL: worked out of the records, and brought up to date by
/// what has changed. It holds nothing of its own: if it is lost or damaged, it is made again.
public final class ShopTables {
    /// Where they lie, in a replica's directory.
    public static let fileName = "shop.db"
    /// Of the tables; another one is made anew.
    static let version: Int64 = 1

    private let path: String
    private let discard: (_ path: String) -> Void
    private var connection: Connection
    /// Records behind which the work so far is made durable.
    private static let batch = 5_000

    /// Opens the tables, or makes them.
    ///
    /// - Parameter discard: removes a file, if there is one: there is nothing in damaged tables that is not in the records.
    /// - Throws: `StorageError`, as if the disk is full.
    public init(at path: String, discard: @escaping (_ path: String) -> Void) throws {
        (self.path, self.discard) = (path, discard)
        do {
            connection = try Self.open(path)
        } catch StorageError.damaged, StorageError.notAReplica {
            for suffix in Self.suffixes { discard(path + suffix) }
            connection = try Self.open(path)
        }
    }

    private static let suffixes = ["", "-wal", "-shm"]

    private static func open(_ path: String) throws -> Connection {
        let connection = try Connection(path: path, mode: .create)
        try connection.execute("PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        guard try connection.integer("PRAGMA user_version") != version else { return connection }
        try connection.execute("BEGIN IMMEDIATE")
        // Somebody else may have made them meanwhile.
        if try connection.integer("PRAGMA user_version") != version { try make(in: connection) }
        try connection.execute("COMMIT")
        return connection
    }

    private static func make(in connection: Connection) throws {
        let old = try connection.rows(
            "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'")
        for case .text(let name) in old.filter({ $0[0] == .text("view") }).map({ $0[1] }) {
            try connection.execute("DROP VIEW \(name)")
        }
        if old.contains(where: { $0[1] == .text("search") }) { try connection.execute("DROP TABLE search") }
        for case .text(let name) in old.filter({ $0[0] == .text("table") }).map({ $0[1] })
        where !name.hasPrefix("search") || name == "search_row" {
            try connection.execute("DROP TABLE \(name)")
        }
        for table in tables { for statement in table.statements { try connection.execute(statement) } }
        for statement in searchStatements { try connection.execute(statement) }
        try connection.execute("CREATE TABLE followed (scope INTEGER PRIMARY KEY, vector BLOB)")
        try connection.execute("CREATE TABLE origin (raw INTEGER)")
        try connection.execute("CREATE TABLE watched (scope INTEGER, record TEXT, PRIMARY KEY (scope, record)) WITHOUT ROWID")
        for view in views { try connection.execute(view.statement) }
        try connection.execute("PRAGMA user_version = \(version)")
    }

    /// Brings the tables up to date with what a replica holds. Others may do so at the same time.
    ///
    /// - Parameter progress: told of how many records have been read.
    /// - Throws: `StorageError`, and what `progress` throws. A damaged record is left out, until it is mended.
    public func update(from replica: Replica, progress: (Int) throws -> Void = { _ in }) throws {
        do {
            try follow(replica, progress)
        } catch StorageError.damaged, StorageError.notAReplica {
            // The file is closed before it goes.
            connection = try Connection(path: ":memory:", mode: .create)
            for suffix in Self.suffixes { discard(path + suffix) }
            connection = try Self.open(path)
            try follow(replica, progress)
        }
    }

    private func follow(_ replica: Replica, _ progress: (Int) throws -> Void) throws {
        try transaction { try forgetOthers(replica.identity.origin) }
        var (count, hasCustomers) = (0, false)
        for scope in replica.heldScopes {
            let now = replica.vector(of: scope)
            let known = try cursor(of: scope)
            // Somebody with a newer sight of the same replica was here before.
            if let known, known == now || known.covers(now) { continue }
            hasCustomers = hasCustomers || scope.kind == .customers
            let keys: [RecordKey]
            if let known, case .changes(let changed) = try replica.feed(of: scope, beyond: known) {
                keys = changed
            } else {
                keys = try replica.keys(of: scope)
                try transaction { try forget(scope) }
            }
            var rest = keys[...]
            while !rest.isEmpty {
                try transaction {
                    let writer = TableWriter(connection, replica)
                    for key in rest.prefix(Self.batch) { try writer.write(key) }
                    rest = rest.dropFirst(Self.batch)
                    if rest.isEmpty { try keep(now, of: scope) }
                }
                count += min(keys.count, Self.batch)
                try progress(count)
            }
            if keys.isEmpty { try transaction { try keep(now, of: scope) } }
        }
        guard count > 0 else { return }
        try transaction {
            let writer = TableWriter(connection, replica)
            try writer.writeWatched()
            if hasCustomers { try writer.writeDuplicates() }
        }
    }

    /// All rows of a statement that changes nothing.
    public func rows(_ sql: String, _ values: [SQLValue] = []) throws -> [[SQLValue]] { try connection.rows(sql, values) }

    /// The names of a statement's columns, and all its rows.
    func table(_ sql: String, _ values: [SQLValue] = []) throws -> (columns: [String], rows: [[SQLValue]]) {
        let statement = try connection.prepare(sql).bind(values)
        var rows: [[SQLValue]] = []
        while try statement.step() { rows.append(statement.row) }
        return (statement.columns, rows)
    }

    private func transaction(_ body: () throws -> Void) throws {
        try connection.execute("BEGIN IMMEDIATE")
        do {
            try body()
            try connection.execute("COMMIT")
        } catch {
            if connection.isInTransaction { try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    /// Another incarnation, or another replica, may hold less than what was read.
    private func forgetOthers(_ origin: Origin) throws {
        let own = Int64(bitPattern: origin.rawValue)
        guard try connection.integer("SELECT raw FROM origin") != own else { return }
        try Self.make(in: connection)
        try connection.run("INSERT INTO origin VALUES (?)", [.integer(own)])
    }

    private func cursor(of scope: Scope) throws -> VersionVector? {
        guard
            case .bytes(let bytes)? = try connection.rows("SELECT vector FROM followed WHERE scope = ?", [scope.value]).first?
                .first
        else { return nil }
        return bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return try? VersionVector(decoding: &reader, limit: 1 << 20)
        }
    }

    private func keep(_ vector: VersionVector, of scope: Scope) throws {
        var writer = ByteWriter()
        vector.encode(into: &writer)
        try connection.run("INSERT OR REPLACE INTO followed VALUES (?, ?)", [scope.value, .bytes(writer.bytes)])
    }

    /// Takes out what was read of a scope.
    private func forget(_ scope: Scope) throws {
        let member = SQLValue.integer(Int64(scope.member))
        switch scope.kind {
        case .chain:
            for table in ["members", "categories", "taxes", "price_lists"] { try connection.run("DELETE FROM \(table)") }
            for table in TableWriter.draftTables { try connection.run("DELETE FROM \(table) WHERE draft_of IS NULL") }
        case .customers:
            for table in ["customers", "customer_tags", "accounts"] { try connection.run("DELETE FROM \(table)") }
        case .books:
            for table in TableWriter.bookTables { try connection.run("DELETE FROM \(table) WHERE store = ?", [member]) }
            for table in TableWriter.draftTables { try connection.run("DELETE FROM \(table) WHERE draft_of = ?", [member]) }
        case .stock: try connection.run("DELETE FROM stock WHERE store = ?", [member])
        case .mailbox:
            for table in ["transfers", "transfer_lines"] {
                try connection.run("DELETE FROM \(table) WHERE receiver = ?", [member])
            }
        case nil: break
        }
        try connection.run("DELETE FROM movements WHERE paper_scope = ?", [scope.value])
        for table in ["inbox", "watched"] { try connection.run("DELETE FROM \(table) WHERE scope = ?", [scope.value]) }
        try connection.run("DELETE FROM followed WHERE scope = ?", [scope.value])
    }
}

extension Scope {
    var value: SQLValue { .integer(Int64(rawValue)) }
}
