extension Replica {
    /// Finds out whether the disk takes a commit now: durably states what the file states already. What was applied is committed
    /// first.
    ///
    /// - Throws: `StorageError.diskFull`, and whatever else a commit throws.
    public func proveWritable() throws {
        try commit()
        // This writes a page, also if the number is the same.
        try connection.execute("PRAGMA user_version = \(Self.fileVersion)")
    }
}
