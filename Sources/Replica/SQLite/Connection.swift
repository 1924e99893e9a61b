internal import CSQLite

/// One SQLite connection: the only place, with `Statement`, where SQLite's pointers are seen.
///
/// Not thread-safe; its owner uses it from one thread at a time.
public final class Connection {
    public enum Mode: Sendable {
        case create, write, read
        /// As `read`, of a file that nobody can write to meanwhile: SQLite then needs no lock and no shared memory.
        case readImmutable
    }

    public let path: String
    let handle: OpaquePointer
    private let log = LogLength()
    /// Prepared statements that nobody uses now, by their text: preparing one costs more than most of what it does.
    private var idle: [String: OpaquePointer] = [:]
    private static let idleLimit = 64

    /// - Parameter vfs: the name of a registered VFS; nil for the operating system's.
    public init(path: String, mode: Mode, vfs: String? = nil) throws(StorageError) {
        self.path = path
        let flags =
            switch mode {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .write: SQLITE_OPEN_READWRITE
            case .read: SQLITE_OPEN_READONLY
            case .readImmutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        let name = mode == .readImmutable ? Self.immutableName(of: path) : path
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs)
        guard let opened else { throw .sqlite(code: code, message: "out of memory", sql: "open") }
        guard code == SQLITE_OK else {
            let error = Self.error(code, opened, path: path, sql: "open")
            sqlite3_close_v2(opened)
            throw error
        }
        // Last: once every property is set, a throw would run `deinit`, too.
        handle = opened
    }

    deinit {
        for statement in idle.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// How many frames the write-ahead log had after this connection's last commit, if `countLogFrames` was called.
    public var logFrames: Int { log.frames }

    /// Begins to keep `logFrames` up. SQLite has one such hook a connection and uses it for automatic checkpoints, which must
    /// be off; whatever sets them takes the hook away.
    func countLogFrames() {
        sqlite3_wal_hook(handle, noteLogFrames, Unmanaged.passUnretained(log).toOpaque())
    }

    /// Runs statements that return nothing of interest.
    public func execute(_ sql: String) throws(StorageError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql: sql) }
    }

    public func prepare(_ sql: String) throws(StorageError) -> Statement {
        if let statement = idle.removeValue(forKey: sql) { return Statement(self, sql, statement) }
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK else { throw error(code, sql: sql) }
        guard let prepared else { throw .sqlite(code: code, message: "no statement", sql: sql) }
        return Statement(self, sql, prepared)
    }

    /// Keeps a statement, which is ready for its next run, for whoever prepares the same text again.
    func giveBack(_ statement: OpaquePointer, _ sql: String) {
        guard idle.count < Self.idleLimit, idle[sql] == nil else {
            sqlite3_finalize(statement)
            return
        }
        idle[sql] = statement
    }

    /// The first column of the first row, or nil.
    public func integer(_ sql: String) throws(StorageError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// The number of rows that the last statement changed.
    public var changes: Int { Int(sqlite3_changes64(handle)) }

    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    func error(_ code: Int32, sql: String) -> StorageError {
        Self.error(code, handle, path: path, sql: sql)
    }

    /// The URI that tells SQLite so.
    private static func immutableName(of path: String) -> String {
        let escaped = path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"), ...0x20, 0x7F...:
                "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            default: String(UnicodeScalar(byte))
            }
        }
        return "file:" + escaped.joined() + "?immutable=1"
    }

    private static func error(_ code: Int32, _ handle: OpaquePointer, path: String, sql: String) -> StorageError {
        let message = String(cString: sqlite3_errmsg(handle))
        return switch code & 0xFF {
        case SQLITE_IOERR where atoll_sqlite_met_full_disk(handle) != 0: .diskFull(sql: sql)
        case SQLITE_FULL: .diskFull(sql: sql)
        case SQLITE_READONLY: .readOnly(path: path)
        case SQLITE_BUSY, SQLITE_LOCKED: .busy(path: path)
        case SQLITE_CORRUPT: .damaged(path: path, detail: message)
        case SQLITE_NOTADB: .notAReplica(path: path)
        case SQLITE_CANTOPEN: .missing(path: path)
        default: .sqlite(code: code, message: message, sql: sql)
        }
    }
}

/// What SQLite said about the length of the write-ahead log; lives as long as its connection.
private final class LogLength {
    var frames = 0
}

/// Called by SQLite within a commit, on the thread that commits.
private func noteLogFrames(
    _ context: UnsafeMutableRawPointer?, _: OpaquePointer?, _: UnsafePointer<CChar>?, _ frames: Int32
) -> Int32 {
    if let context { Unmanaged<LogLength>.fromOpaque(context).takeUnretainedValue().frames = Int(frames) }
    return SQLITE_OK
}
