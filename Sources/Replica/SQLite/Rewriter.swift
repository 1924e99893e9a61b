internal import CSQLite

/// A function that SQL calls with a row's old value, to be given the new one: a record is then joined where it stands, by one
/// statement instead of a look-up and a write.
final class Rewriter {
    /// What is to become of the row that a statement meets. Set before such a statement runs.
    var rewrite: ((UnsafeRawBufferPointer) throws -> [UInt8])?
    private var failure: (any Error)?
    private var wasCalled = false

    static let name = "atoll_rewrite"

    init(on connection: Connection) throws(StorageError) {
        let code = sqlite3_create_function_v2(
            connection.handle, Self.name, 1, SQLITE_UTF8, Unmanaged.passUnretained(self).toOpaque(), callRewriter, nil, nil,
            nil)
        guard code == SQLITE_OK else { throw connection.error(code, sql: Self.name) }
    }

    /// Runs a statement whose SQL calls this function; an error of `rewrite` comes out as it is.
    ///
    /// - Returns: whether the function was called.
    func run(
        _ statement: Statement, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
    ) throws -> Bool {
        wasCalled = false
        do {
            try statement.run(first, second)
        } catch {
            defer { failure = nil }
            throw failure ?? error
        }
        return wasCalled
    }

    fileprivate func value(for old: UnsafeRawBufferPointer) -> [UInt8]? {
        wasCalled = true
        do {
            return try rewrite?(old)
        } catch {
            failure = error
            return nil
        }
    }
}

/// What SQLite calls: a C function, because a closure formed in a method dies on the library's stack.
private func callRewriter(
    _ context: OpaquePointer?, _ count: Int32, _ arguments: UnsafeMutablePointer<OpaquePointer?>?
) {
    guard let pointer = sqlite3_user_data(context), let argument = arguments?[0] else { return }
    let old = UnsafeRawBufferPointer(
        start: sqlite3_value_blob(argument), count: Int(sqlite3_value_bytes(argument)))
    let rewriter = Unmanaged<Rewriter>.fromOpaque(pointer).takeUnretainedValue()
    guard let value = rewriter.value(for: old) else {
        return sqlite3_result_error(context, "the row was not rewritten", -1)
    }
    value.withUnsafeBytes {
        sqlite3_result_blob(context, $0.baseAddress, Int32($0.count), atoll_sqlite_transient())
    }
}
