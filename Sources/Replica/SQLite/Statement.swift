internal import CSQLite

/// A prepared statement. Bound bytes are lent for the length of one run; column bytes for the length of one closure.
public final class Statement {
    private let connection: Connection
    private let handle: OpaquePointer
    private let sql: String

    /// - Parameter prepared: owned by this statement until it goes.
    init(_ connection: Connection, _ sql: String, _ prepared: OpaquePointer) {
        (self.connection, self.sql, handle) = (connection, sql, prepared)
    }

    deinit {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        connection.giveBack(handle, sql)
    }

    @discardableResult
    public func bind(_ value: Int64, at index: Int32) -> Self {
        sqlite3_bind_int64(handle, index, value)
        return self
    }

    @discardableResult
    public func bind(_ text: String, at index: Int32) -> Self {
        sqlite3_bind_text(handle, index, text, -1, atoll_sqlite_transient())
        return self
    }

    @discardableResult
    func bind(_ number: Double, at index: Int32) -> Self {
        sqlite3_bind_double(handle, index, number)
        return self
    }

    func bindNull(at index: Int32) { sqlite3_bind_null(handle, index) }

    /// Binds a copy of the bytes.
    @discardableResult
    public func bind(copying bytes: [UInt8], at index: Int32) -> Self {
        _ = bytes.withUnsafeBytes {
            sqlite3_bind_blob(handle, index, Self.base(of: $0), Int32($0.count), atoll_sqlite_transient())
        }
        return self
    }

    /// Advances to the next row.
    ///
    /// - Returns: false when there is none; the statement is then ready for its next run.
    public func step() throws(StorageError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw connection.error(code, sql: sql) }
        return false
    }

    /// Runs to the end a statement that returns no rows.
    public func run() throws(StorageError) {
        while try step() {}
    }

    /// Runs a statement over one or two lent blobs.
    public func run(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer? = nil) throws(StorageError) {
        lend(first, second)
        try run()
    }

    /// Looks one row up by a lent key, and lends its first column.
    ///
    /// - Returns: nil if there is no such row.
    public func lookUp<Result, Failure: Error>(
        _ key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws -> Result? {
        lend(key, nil)
        guard try step() else { return nil }
        defer { reset() }
        return try body(blob(0))
    }

    public func reset() {
        sqlite3_reset(handle)
    }

    public func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    var columnCount: Int32 { sqlite3_column_count(handle) }

    func name(ofColumn column: Int32) -> String { sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "" }

    func type(ofColumn column: Int32) -> Int32 { sqlite3_column_type(handle, column) }

    public func text(_ column: Int32) -> String {
        sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
    }

    /// Valid until the statement moves on.
    public func blob(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    /// Whether a column holds bytes: damage turns them into text, which stands elsewhere in the order of a table.
    func isBlob(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_BLOB
    }

    public func bytes(_ column: Int32) -> [UInt8] {
        Array(blob(column))
    }

    private func lend(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer?) {
        sqlite3_bind_blob(handle, 1, Self.base(of: first), Int32(first.count), nil)
        if let second { sqlite3_bind_blob(handle, 2, Self.base(of: second), Int32(second.count), nil) }
    }

    /// SQLite takes a null pointer for NULL, not for no bytes.
    private static func base(of bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
        bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
    }
}
