internal import CSQLite

extension Connection {
    /// Copies the whole database, as of one moment, into another file while this one goes on.
    ///
    /// - Parameters:
    ///   - path: a file that does not exist yet.
    ///   - pages: how many to copy before `pause` is called, which may let a till go on.
    func backUp(to path: String, vfs: String?, pages: Int32, _ pause: () -> Void) throws(StorageError) {
        let target = try Connection(path: path, mode: .create, vfs: vfs)
        guard try target.integer("SELECT count(*) FROM sqlite_schema") == 0 else { throw .alreadyExists(path: path) }
        guard let backup = sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw target.error(sqlite3_errcode(target.handle), sql: "backup")
        }
        var code = sqlite3_backup_step(backup, pages)
        while code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED {
            pause()
            code = sqlite3_backup_step(backup, pages)
        }
        sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else { throw target.error(code, sql: "backup") }
        try target.execute("PRAGMA journal_mode = DELETE")
    }
}
