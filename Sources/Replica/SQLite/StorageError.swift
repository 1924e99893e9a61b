internal import CSQLite

/// What storage refused to do, and why. The replica is as it was before the call.
public enum StorageError: Error, Hashable, Sendable {
    /// SQLite's own words. The SQL is without its arguments, which may be customers' data.
    case sqlite(code: Int32, message: String, sql: String)
    case diskFull(sql: String)
    /// The disk failed while changes waited for their commit, and took all of them back.
    case undone(path: String)
    /// The disk failed in a commit and could not be made to forget it: after a crash before the next commit, what was
    /// committed may be there, whole. The next commit settles that it is not.
    case undecided(path: String)
    case readOnly(path: String)
    /// The file is open elsewhere for writing.
    case busy(path: String)
    /// A page or row that does not say what was written to it.
    case damaged(path: String, detail: String)
    /// A row beside the records themselves that does not say what was written to it, or is missing.
    case damagedTable(path: String, table: Table, scope: Scope?)
    case notAReplica(path: String)
    case newerVersion(path: String, found: Int, supported: Int)
    case olderVersion(path: String, found: Int, supported: Int)
    case alreadyExists(path: String)
    case missing(path: String)
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sqlite(let code, _, let sql) where code & 0xFF == SQLITE_IOERR:
            "the disk refused to read or write (code \(code), in: \(sql)). Nothing was written; check the disk, its quota and "
                + "the limit on file sizes (ulimit -f), and try again."
        case .sqlite(let code, let message, let sql):
            "the database answered \(message) (code \(code)) to: \(sql). Nothing was written."
        case .diskFull:
            "the disk is full. Nothing was written; free some space and try again."
        case .undone(let path):
            "the disk of \(path) failed. What was done since the last commit was taken back; do it again."
        case .undecided(let path):
            "the disk of \(path) failed while changes were made durable. Check the disk; if the program stops before the next "
                + "change succeeds, look whether they are there before you do them again."
        case .readOnly(let path):
            "\(path) cannot be written: the disk or the file is read-only. Check its permissions and how it is mounted."
        case .busy(let path):
            "\(path) is being written by another process. Stop that process, or ask it instead."
        case .damaged(let path, let detail):
            "\(path) is damaged: \(detail). Restore a backup, or let it be fetched again from a peer."
        case .damagedTable(let path, let table, let scope):
            "\(path) is damaged: a row of the table \(table.rawValue)\(scope.map { ", scope \($0)," } ?? "") does not say what "
                + "was written to it. \(table.remedy)"
        case .notAReplica(let path):
            "\(path) is not an Atoll replica. Name the directory that was made for one."
        case .newerVersion(let path, let found, let supported):
            "\(path) has file version \(found); this program reads up to \(supported). Use the newer program."
        case .olderVersion(let path, let found, let supported):
            "\(path) has file version \(found); this program reads \(supported) only. "
                + "Let it be opened for writing once, by an exchange or an import."
        case .alreadyExists(let path):
            "\(path) exists already. Name a new place."
        case .missing(let path):
            "\(path) does not exist. Check the name."
        }
    }
}
