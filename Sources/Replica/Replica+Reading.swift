extension Replica {
    /// Opens a replica file to read one snapshot of it, beside an owner who goes on writing.
    ///
    /// Everything that is read later is of this moment; writes are refused. It holds no lock that stops the owner, but keeps
    /// the write-ahead log from being moved into the file as long as it lives.
    ///
    /// - Parameter isImmutable: nobody writes to the file, so no lock is needed: for files on a medium that is read-only.
    public static func read(
        at path: String, isImmutable: Bool = false, _ parameters: OpeningParameters
    ) throws -> Replica {
        let mode: Connection.Mode = isImmutable ? .readImmutable : .read
        let connection = try Connection(path: path, mode: mode, vfs: parameters.vfs)
        let version = try checkVersion(of: connection)
        try connection.execute("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -\(parameters.cacheKiB); BEGIN")
        // What an older file has no table for is empty.
        if version < 2 { try connection.execute("CREATE TEMP TABLE \(Tables.recentColumns)") }
        return try Replica(connection, parameters)
    }
}
