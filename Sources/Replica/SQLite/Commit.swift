internal import CRDT
internal import CSQLite

extension Connection {
    /// Commits the transaction that is under way, or takes it back for good.
    ///
    /// When a disk refuses the sync, SQLite takes the transaction back but leaves its frames in the log, where a recovery
    /// after a crash would find them whole. So a commit of one frame that says nothing new is written over the first of them,
    /// and is durable before anybody hears that the transaction failed.
    ///
    /// - Parameter version: the file's (`user_version`), which that frame states again.
    /// - Throws: `.undecided` if the disk refuses that frame, too.
    func commit(restating version: Int) throws(StorageError) {
        let (code, foundNoRoom) = run("COMMIT")
        guard code != SQLITE_OK else { return }
        let failure = foundNoRoom ? .diskFull(sql: "COMMIT") : error(code, sql: "COMMIT")
        if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
        guard !isInTransaction else { throw .undecided(path: path) }
        if Mutants.isOn("failed-commit-leaves-its-frames") { throw failure }
        let (second, findsNoRoom) = run("PRAGMA user_version = \(version)")
        // Where there is no room for a first frame, or nothing may be written at all, nothing was.
        let isUntouched = foundNoRoom && findsNoRoom || code == second && code == SQLITE_READONLY
        throw second == SQLITE_OK || isUntouched ? failure : .undecided(path: path)
    }

    /// - Returns: SQLite's code, and whether it is that of bytes for which there was no room.
    private func run(_ sql: String) -> (code: Int32, foundNoRoom: Bool) {
        var foundNoRoom: Int32 = 0
        let code = atoll_sqlite_run(handle, sql, &foundNoRoom)
        return (code, foundNoRoom != 0)
    }
}
