internal import CSQLite

/// Who holds which lock on a database file: SQLite's five levels, between the connections of one process.
///
/// Invariant: at most one connection is above `shared`; while one is `exclusive`, no other holds anything.
/// Source: "File Locking And Concurrency In SQLite Version 3", section 3.
struct FileLocks: Sendable {
    enum Level: Int32, Comparable, Sendable {
        case none, shared, reserved, pending, exclusive

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// Levels above `none`, by connection.
    private var levels: [OpenFile.ID: Level] = [:]

    /// Whether any connection means to write.
    var isReserved: Bool { levels.values.contains { $0 >= .reserved } }

    /// Raises the lock of a connection; a lower wish than what it holds is granted already.
    ///
    /// A connection with `reserved` that wants `exclusive` while others read is left `pending`, which keeps new readers
    /// out. One with `shared` is left as it was: it only tries whether it is alone, to roll back or to close a log.
    mutating func raise(_ connection: OpenFile.ID, to wish: Level) throws(DiskRefusal) {
        let held = levels[connection, default: .none]
        guard wish > held else { return }
        let highest = levels.lazy.filter { $0.key != connection }.map(\.value).max() ?? .none
        switch wish {
        case .none: return
        case .shared: if highest >= .pending { throw .busy }
        case .reserved: if highest >= .reserved { throw .busy }
        case .pending, .exclusive:
            if highest >= .reserved { throw .busy }
            if highest == .shared {
                if held >= .reserved { levels[connection] = .pending }
                throw .busy
            }
        }
        levels[connection] = wish
    }

    /// Lowers the lock of a connection to `shared` or to `none`.
    mutating func lower(_ connection: OpenFile.ID, to level: Level) {
        guard level < levels[connection, default: .none] else { return }
        levels[connection] = level == .none ? nil : level
    }
}
