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
        guard version == fileVersion else {
            throw StorageError.olderVersion(path: path, found: version, supported: fileVersion)
        }
        try connection.execute("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -\(parameters.cacheKiB); BEGIN")
        return try Replica(connection, parameters)
    }
}
