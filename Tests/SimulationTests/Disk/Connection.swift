import CSQLite
import Simulation

/// A raw SQLite connection to a file of a simulated disk.
final class Connection {
    struct Failure: Error, Equatable {
        let code: Int32
        /// The extended code, which names the operation that failed.
        let extendedCode: Int32
        let sql: String
    }

    private let handle: OpaquePointer

    init(
        _ disk: SimulatedDisk, _ name: String = "shop.sqlite", flags: Int32 = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    ) throws(Failure) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(name, &opened, flags, disk.vfsName)
        guard code == SQLITE_OK, let opened else {
            let extendedCode = sqlite3_extended_errcode(opened)
            sqlite3_close_v2(opened)
            throw Failure(code: code, extendedCode: extendedCode, sql: "open \(name)")
        }
        handle = opened
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs statements and throws their rows away.
    func run(_ sql: String) throws(Failure) {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw failure(sql) }
    }

    /// The rows of one query as text; null is empty.
    func rows(_ sql: String) throws(Failure) -> [[String]] {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw failure(sql) }
        defer { sqlite3_finalize(statement) }
        var rows: [[String]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_DONE: return rows
            case SQLITE_ROW:
                rows.append(
                    (0..<sqlite3_column_count(statement)).map { column in
                        sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
                    })
            default: throw failure(sql)
            }
        }
    }

    /// The first row of one query, as integers.
    func integers(_ sql: String) throws(Failure) -> [Int] {
        try rows(sql).first?.compactMap { Int($0) } ?? []
    }

    private func failure(_ sql: String) -> Failure {
        Failure(code: sqlite3_errcode(handle), extendedCode: sqlite3_extended_errcode(handle), sql: sql)
    }
}

/// The code of the failure that `body` ends in, or nil if it does not fail.
func code(_ body: () throws(Connection.Failure) -> Void) -> Int32? {
    do {
        try body()
        return nil
    } catch {
        return error.code
    }
}
