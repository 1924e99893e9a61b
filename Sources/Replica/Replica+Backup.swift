extension Replica {
    /// Copies the replica into a file that does not exist yet, as of one moment, and marks the copy: whoever opens it must
    /// begin a new incarnation.
    ///
    /// - Parameter pause: called now and then, so that transactions can run in between.
    public func backUp(to path: String, vfs: String? = nil, pause: () -> Void = {}) throws {
        try commit()
        try connection.backUp(to: path, vfs: vfs, pages: 256, pause)
        let copy = try Connection(path: path, mode: .write, vfs: vfs)
        try Meta(copy).set(Self.copyName, [1])
    }

    /// Looks at everything in the file: SQLite's pages, every row's checksum and cells, every scope's digest.
    ///
    /// - Throws: what is damaged first.
    public func verify() throws {
        try commit()
        let statement = try connection.prepare("PRAGMA integrity_check(1)")
        let answer = try statement.step() ? statement.text(0) : "no answer"
        statement.reset()
        guard answer == "ok" else { throw StorageError.damaged(path: path, detail: answer) }
        if let key = try verifyRows().first { throw ReplicaError.damagedRow(key: key) }
        if let key = quarantinedKeys.first { throw ReplicaError.quarantined(key: key) }
        for scope in heldScopes {
            guard let digest = digest(of: scope) else { continue }
            guard try recomputedDigest(of: scope) == digest else {
                throw StorageError.damaged(path: path, detail: "the records of \(scope) do not add up to its digest")
            }
        }
    }
}
