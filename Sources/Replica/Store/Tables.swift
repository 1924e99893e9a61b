internal import CRDT

/// The tables of a replica's file that map keys to values; both are packed bytes.
///
/// Behind each value stands a checksum over key and value; a record's `Row` begins with its own.
public enum Table: String, CaseIterable, Sendable {
    /// scope, collection, id -> `Row`
    case record
    /// scope, origin, last sequence -> `ChangeBlock`
    case change
    /// scope, origin -> `Head`
    case head
    /// scope, origin, first sequence -> the run's random bits
    case run
    /// sender, scope -> what of a transfer has arrived
    case transfer
    /// sender, first key -> a chunk of staged records
    case staged
    /// The keys of records that hold touch marks.
    case mark
    /// key -> a damaged row, set aside
    case quarantine

    /// What to do when a row is damaged.
    var remedy: String {
        switch self {
        case .record: "Find it with a check, set it aside, and fetch it again from a peer."
        case .staged, .transfer: "Drop the cut that is on its way in; if it is visible already, restore a backup."
        case .change, .head, .run, .mark, .quarantine: "Restore a backup, or fill a new replica from a peer."
        }
    }
}

/// The SQL of a replica's file, all of it.
final class Tables {
    let connection: Connection
    /// Told of every row that is written; for benchmarks that write the same rows without an engine.
    var observer: ((Table, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void)?

    private let gets: [Table: Statement]
    private let puts: [Table: Statement]
    private let deletes: [Table: Statement]
    private let ranges: [Table: Statement]
    private let floors: [Table: Statement]
    private let recordGet: Statement
    private let recordPut: Statement
    private let recordCeiling: Statement
    private let recentPut: Statement
    /// Writes many records, and joins those that are there.
    let recordFeed: RowFeed

    static let creation =
        Table.allCases.map {
            "CREATE TABLE \($0.rawValue)(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;"
        }.joined() + """
            CREATE TABLE \(recentColumns);
            CREATE TABLE origin(number INTEGER PRIMARY KEY, origin INTEGER NOT NULL UNIQUE, checksum INTEGER NOT NULL);
            CREATE TABLE meta(name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
            """

    static let recentColumns = "recent(number INTEGER PRIMARY KEY, value BLOB NOT NULL)"

    init(_ connection: Connection) throws(StorageError) {
        self.connection = connection
        func prepare(_ sql: (String) -> String) throws(StorageError) -> [Table: Statement] {
            var statements: [Table: Statement] = [:]
            for table in Table.allCases { statements[table] = try connection.prepare(sql(table.rawValue)) }
            return statements
        }
        gets = try prepare { "SELECT value FROM \($0) WHERE key = ?" }
        puts = try prepare { "REPLACE INTO \($0)(key, value) VALUES (?, ?)" }
        deletes = try prepare { "DELETE FROM \($0) WHERE key = ?" }
        ranges = try prepare { "SELECT key, value FROM \($0) WHERE key >= ? AND key < ? ORDER BY key" }
        floors = try prepare { "SELECT key, value FROM \($0) WHERE key <= ? ORDER BY key DESC LIMIT 1" }
        guard let get = gets[.record], let put = puts[.record] else { preconditionFailure("every table has statements") }
        recordGet = get
        recordPut = put
        recordCeiling = try connection.prepare("SELECT key FROM record WHERE key >= ? ORDER BY key LIMIT 1")
        recentPut = try connection.prepare("INSERT INTO recent(value) VALUES (?)")
        recordFeed = try RowFeed(into: Table.record.rawValue, on: connection)
    }

    /// Lends a record's row.
    func record<Result>(_ key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result? {
        try recordGet.lookUp(key, body)
    }

    /// The first key of a record that is not below another.
    func recordKey(atOrBehind key: UnsafeRawBufferPointer) throws -> [UInt8]? {
        try recordCeiling.lookUp(key) { Array($0) }
    }

    func putRecord(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(StorageError) {
        observer?(.record, key, value)
        try recordPut.run(key, value)
    }

    /// Appends what one commit did to this replica's own heads and index (`RecentRow`).
    func appendRecent(_ value: [UInt8]) throws {
        let sealed = Self.recentLabel.withUnsafeBytes { value.sealed(under: $0) }
        try sealed.withUnsafeBytes { try recentPut.run($0) }
    }

    /// Visits the rows of recent commits, in order.
    func scanRecent(_ visit: (UnsafeRawBufferPointer) throws -> Void) throws {
        let statement = try connection.prepare("SELECT value FROM recent ORDER BY number")
        while try statement.step() {
            guard let value = Self.recentLabel.withUnsafeBytes({ statement.blob(0).opened(under: $0) }) else {
                throw recentDamage
            }
            do {
                try visit(value)
            } catch is CodecError {
                throw recentDamage
            }
        }
    }

    /// What stands for the key of a row that has none but its number.
    private static let recentLabel = Array("recent".utf8)

    private var recentDamage: StorageError {
        .damaged(path: connection.path, detail: "the table of recent transactions is not what was written")
    }

    func clearRecent() throws {
        try connection.execute("DELETE FROM recent")
    }

    func get(_ table: Table, _ key: [UInt8]) throws -> [UInt8]? {
        try key.withUnsafeBytes { key in
            try gets[table]?.lookUp(key) { Array(try opened(table, key, $0)) }
        }
    }

    func put(_ table: Table, _ key: [UInt8], _ value: [UInt8]) throws {
        try key.withUnsafeBytes { key in
            try value.sealed(under: key).withUnsafeBytes { value in
                observer?(table, key, value)
                try puts[table]?.run(key, value)
            }
        }
    }

    func delete(_ table: Table, _ key: [UInt8]) throws {
        try key.withUnsafeBytes { try deletes[table]?.run($0) }
    }

    /// Deletes the rows from one key up to, and without, another, whatever they say.
    func deleteAll(_ table: Table, from first: [UInt8], upTo end: [UInt8]) throws {
        try connection.prepare("DELETE FROM \(table.rawValue) WHERE key >= ? AND key < ?")
            .bind(copying: first, at: 1).bind(copying: end, at: 2).run()
    }

    /// Runs a body that makes sense of a row; if it cannot, the row is damaged.
    func reading<Result>(
        _ table: Table, _ key: UnsafeRawBufferPointer, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch is CodecError {
            throw damage(table, key)
        }
    }

    private func damage(_ table: Table, _ key: UnsafeRawBufferPointer) -> StorageError {
        let slotCount = table == .staged || table == .transfer ? StagingPlace.slotCount : 0
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: key.dropFirst(slotCount)))
        return .damagedTable(path: connection.path, table: table, scope: try? reader.readScope())
    }

    private func disorder(in table: Table) -> StorageError {
        .damaged(path: connection.path, detail: "the rows of the table \(table.rawValue) do not stand in order")
    }

    /// A value without its checksum, which must be right.
    private func opened(
        _ table: Table, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(StorageError) -> UnsafeRawBufferPointer {
        guard table != .record else { return value }
        guard let opened = value.opened(under: key) else { throw damage(table, key) }
        return opened
    }

    /// Visits the rows from one key up to, and without, another, in order, until `visit` returns false. The rows of the
    /// table visited must not be changed meanwhile.
    ///
    /// A key that damage has put among others need not lie in the range that SQLite was asked for: rows that do not ascend
    /// are an error.
    func scan(
        _ table: Table, from first: [UInt8], upTo end: [UInt8],
        _ visit: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
    ) throws {
        guard let statement = ranges[table] else { return }
        statement.bind(copying: first, at: 1).bind(copying: end, at: 2)
        defer { statement.reset() }
        var (bound, isBoundTaken) = (first, false)
        while try statement.step() {
            let key = statement.blob(0)
            let isBehind = isBoundTaken ? bound.lexicographicallyPrecedes(key) : !key.lexicographicallyPrecedes(bound)
            guard isBehind, statement.isBlob(0) else { throw disorder(in: table) }
            bound.replaceSubrange(bound.indices, with: key)
            isBoundTaken = true
            let value = try opened(table, key, statement.blob(1))
            guard try reading(table, key, { try visit(key, value) }) else { return }
        }
    }

    /// The last row at or below a key.
    func floor(_ table: Table, _ key: [UInt8]) throws -> (key: [UInt8], value: [UInt8])? {
        guard let statement = floors[table] else { return nil }
        statement.bind(copying: key, at: 1)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        guard !key.lexicographicallyPrecedes(statement.blob(0)), statement.isBlob(0) else { throw disorder(in: table) }
        return (statement.bytes(0), Array(try opened(table, statement.blob(0), statement.blob(1))))
    }
}
