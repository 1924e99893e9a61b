internal import CSQLite

/// Why a question in SQL was not answered.
public enum QuestionError: Error, Hashable, Sendable {
    /// SQLite's own words.
    case refused(String)
    /// It would change something.
    case changes
    /// There is more than one statement, or none.
    case notOne
}

/// One SELECT, or another statement that changes nothing, while it is answered row by row.
public final class Question {
    private let statement: Statement
    /// Asked now and then, also where no row comes for a long time.
    private let interrupt: Interrupt

    public let columns: [String]

    /// - Parameters:
    ///   - connection: to a file that is open for reading only.
    ///   - isInterrupted: whether whoever asks does not want to wait any more.
    public init(
        _ sql: String, of connection: Connection, isInterrupted: @escaping () -> Bool = { false }
    ) throws(QuestionError) {
        // Nobody reads another file by way of this one.
        sqlite3_limit(connection.handle, SQLITE_LIMIT_ATTACHED, 0)
        var (prepared, tail) = (OpaquePointer?.none, UnsafePointer<CChar>?.none)
        let text = Array(sql.utf8CString)
        let (code, isWhole) = text.withUnsafeBufferPointer { buffer in
            let code = sqlite3_prepare_v2(connection.handle, buffer.baseAddress, -1, &prepared, &tail)
            let rest = tail.map { String(cString: $0) } ?? ""
            return (code, rest.allSatisfy { $0.isWhitespace || $0 == ";" })
        }
        guard code == SQLITE_OK else { throw .refused(String(cString: sqlite3_errmsg(connection.handle))) }
        guard let prepared else { throw .notOne }
        guard isWhole, sqlite3_stmt_readonly(prepared) != 0 else {
            sqlite3_finalize(prepared)
            throw isWhole ? .changes : .notOne
        }
        statement = Statement(connection, sql, prepared)
        columns = statement.columns
        interrupt = Interrupt(connection, isInterrupted)
    }

    /// - Returns: nil behind the last row.
    public func next() throws(QuestionError) -> [SQLValue]? {
        do throws(StorageError) {
            return try statement.step() ? statement.row : nil
        } catch {
            if case .sqlite(_, let message, _) = error { throw .refused(message) }
            throw .refused("\(error)")
        }
    }
}
