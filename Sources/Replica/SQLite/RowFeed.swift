internal import CSQLite

/// Rows that one statement writes, however many, and what becomes of those that are there already.
protocol RowSource: AnyObject {
    /// Moves on to the next row.
    ///
    /// - Returns: false if there is none.
    func advance() throws -> Bool

    /// Lends the row's key.
    func lendKey(_ borrow: (UnsafeRawBufferPointer) -> Void)

    /// Lends the value that the row gets if there is none under its key.
    func lendValue(_ borrow: (UnsafeRawBufferPointer) -> Void)

    /// There is a row under the key.
    ///
    /// - Parameter lend: to be given the value that it gets.
    func meet(_ present: UnsafeRawBufferPointer, _ lend: (UnsafeRawBufferPointer) -> Void) throws
}

/// Writes rows out of the program by one statement: to run one for each row takes SQLite a third longer.
///
/// The statement reads the rows from a virtual table and calls a function for each that meets another.
final class RowFeed {
    private let statement: Statement
    private let state: FeedState

    private static let table = "atoll_rows"
    private static let function = "atoll_met"

    /// - Parameter target: a table of keys and values.
    init(into target: String, on connection: Connection) throws(StorageError) {
        state = FeedState()
        let pointer = Unmanaged.passUnretained(state).toOpaque()
        var code = sqlite3_create_module_v2(connection.handle, Self.table, FeedState.module, pointer, nil)
        if code == SQLITE_OK {
            code = sqlite3_create_function_v2(
                connection.handle, Self.function, 1, SQLITE_UTF8, pointer, callMeet, nil, nil, nil)
        }
        guard code == SQLITE_OK else { throw connection.error(code, sql: Self.table) }
        statement = try connection.prepare(
            """
            INSERT INTO \(target)(key, value) SELECT key, value FROM \(Self.table) WHERE true
            ON CONFLICT(key) DO UPDATE SET value = \(Self.function)(value)
            """)
    }

    /// Writes all rows of a source; an error of the source comes out as it is, and some rows may be written then.
    func write(_ source: some RowSource) throws {
        state.source = source
        defer { (state.source, state.failure) = (nil, nil) }
        do {
            try statement.run()
        } catch {
            throw state.failure ?? error
        }
    }
}

/// What the callbacks below find behind SQLite's pointers.
private final class FeedState {
    var source: (any RowSource)?
    var failure: (any Error)?
    private(set) var isAtEnd = true

    func advance() -> Int32 {
        do {
            isAtEnd = try source?.advance() != true
            return SQLITE_OK
        } catch {
            failure = error
            isAtEnd = true
            return SQLITE_ERROR
        }
    }

    func meet(_ present: UnsafeRawBufferPointer, _ lend: (UnsafeRawBufferPointer) -> Void) -> Bool {
        do {
            try source?.meet(present, lend)
            return true
        } catch {
            failure = error
            return false
        }
    }

    // Guarded by being written once, before anybody sees it. SQLite keeps the pointer for as long as a connection is open.
    nonisolated(unsafe) static let module: UnsafePointer<sqlite3_module> = {
        var module = sqlite3_module()
        module.xConnect = connectTable
        module.xDisconnect = disconnectTable
        module.xBestIndex = planScan
        module.xOpen = openCursor
        module.xClose = closeCursor
        module.xFilter = { cursor, _, _, _, _ in feed(of: cursor).advance() }
        module.xNext = { cursor in feed(of: cursor).advance() }
        module.xEof = { cursor in feed(of: cursor).isAtEnd ? 1 : 0 }
        module.xColumn = giveColumn
        module.xRowid = { _, _ in SQLITE_ERROR }
        let pointer = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
        pointer.initialize(to: module)
        return UnsafePointer(pointer)
    }()
}

private func feed(of cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> FeedState {
    let table = UnsafeRawPointer(cursor.unsafelyUnwrapped.pointee.pVtab).assumingMemoryBound(to: atoll_table.self)
    return Unmanaged<FeedState>.fromOpaque(table.pointee.owner).takeUnretainedValue()
}

private func connectTable(
    _ database: OpaquePointer?, _ owner: UnsafeMutableRawPointer?, _: Int32, _: UnsafePointer<UnsafePointer<CChar>?>?,
    _ table: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab>?>?, _: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
    let code = sqlite3_declare_vtab(database, "CREATE TABLE rows(key BLOB, value BLOB)")
    guard code == SQLITE_OK else { return code }
    let made = UnsafeMutablePointer<atoll_table>.allocate(capacity: 1)
    made.initialize(to: atoll_table(base: sqlite3_vtab(), owner: owner))
    table?.pointee = UnsafeMutableRawPointer(made).assumingMemoryBound(to: sqlite3_vtab.self)
    return SQLITE_OK
}

private func disconnectTable(_ table: UnsafeMutablePointer<sqlite3_vtab>?) -> Int32 {
    UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: atoll_table.self).deallocate()
    return SQLITE_OK
}

/// There is one plan: all rows, in their order.
private func planScan(_: UnsafeMutablePointer<sqlite3_vtab>?, _: UnsafeMutablePointer<sqlite3_index_info>?) -> Int32 {
    SQLITE_OK
}

private func openCursor(
    _: UnsafeMutablePointer<sqlite3_vtab>?,
    _ cursor: UnsafeMutablePointer<UnsafeMutablePointer<sqlite3_vtab_cursor>?>?
) -> Int32 {
    let made = UnsafeMutablePointer<sqlite3_vtab_cursor>.allocate(capacity: 1)
    made.initialize(to: sqlite3_vtab_cursor())
    cursor?.pointee = made
    return SQLITE_OK
}

private func closeCursor(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
    cursor?.deallocate()
    return SQLITE_OK
}

private func giveColumn(
    _ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?, _ context: OpaquePointer?, _ column: Int32
) -> Int32 {
    let source = feed(of: cursor).source
    if column == 0 {
        source?.lendKey { give($0, to: context) }
    } else {
        source?.lendValue { give($0, to: context) }
    }
    return SQLITE_OK
}

private func callMeet(
    _ context: OpaquePointer?, _ count: Int32, _ arguments: UnsafeMutablePointer<OpaquePointer?>?
) {
    guard let pointer = sqlite3_user_data(context), let argument = arguments?[0] else { return }
    let present = UnsafeRawBufferPointer(
        start: sqlite3_value_blob(argument), count: Int(sqlite3_value_bytes(argument)))
    let state = Unmanaged<FeedState>.fromOpaque(pointer).takeUnretainedValue()
    if !state.meet(present, { give($0, to: context) }) {
        sqlite3_result_error(context, "the row was not joined", -1)
    }
}

private func give(_ bytes: UnsafeRawBufferPointer, to context: OpaquePointer?) {
    sqlite3_result_blob(context, bytes.baseAddress, Int32(bytes.count), atoll_sqlite_transient())
}
