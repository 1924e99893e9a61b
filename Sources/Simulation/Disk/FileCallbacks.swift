internal import CSQLite
internal import Synchronization

// What SQLite calls on an open file. File-level functions, as C needs them.

/// The methods of every simulated file. Version 2: shared memory, no mapped reads.
func simulatedFileMethods() -> sqlite3_io_methods {
    var methods = sqlite3_io_methods()
    methods.iVersion = 2
    methods.xClose = fileClose
    methods.xRead = fileRead
    methods.xWrite = fileWrite
    methods.xTruncate = fileTruncate
    methods.xSync = fileSync
    methods.xFileSize = fileSize
    methods.xLock = fileLock
    methods.xUnlock = fileUnlock
    methods.xCheckReservedLock = fileCheckReservedLock
    methods.xFileControl = fileControl
    methods.xSectorSize = fileSectorSize
    methods.xDeviceCharacteristics = fileDeviceCharacteristics
    methods.xShmMap = sharedMemoryMap
    methods.xShmLock = sharedMemoryLock
    methods.xShmBarrier = sharedMemoryBarrier
    methods.xShmUnmap = sharedMemoryUnmap
    return methods
}

typealias SQLiteFile = UnsafeMutablePointer<sqlite3_file>

/// Does `body` under the disk's lock and turns a refusal into its result code.
func status(
    _ file: SQLiteFile?, _ body: (inout DiskState, OpenFile) throws(DiskRefusal) -> Void
) -> Int32 {
    guard let file else { return SQLITE_MISUSE }
    let open = OpenFile.stored(in: file)
    do {
        try open.disk.state.withLock { (state) throws(DiskRefusal) in try body(&state, open) }
        return SQLITE_OK
    } catch {
        return error.code
    }
}

private func fileClose(file: SQLiteFile?) -> Int32 {
    guard let file else { return SQLITE_MISUSE }
    let open = OpenFile.take(from: file)
    open.disk.state.withLock { $0.close(open) }
    return SQLITE_OK
}

private func fileRead(file: SQLiteFile?, bytes: UnsafeMutableRawPointer?, count: Int32, offset: sqlite3_int64) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in
        try state.begin(.read)
        let buffer = UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))
        let available = state[file.node].read(into: buffer, at: Int(offset))
        if available < buffer.count { throw .shortRead }
    }
}

private func fileWrite(file: SQLiteFile?, bytes: UnsafeRawPointer?, count: Int32, offset: sqlite3_int64) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in
        try state.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset), to: file.node)
    }
}

private func fileTruncate(file: SQLiteFile?, length: sqlite3_int64) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in try state.truncate(file.node, to: Int(length)) }
}

private func fileSync(file: SQLiteFile?, flags: Int32) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in try state.sync(file.node) }
}

private func fileSize(file: SQLiteFile?, result: UnsafeMutablePointer<sqlite3_int64>?) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in
        try state.requirePower(DiskRefusal(ATOLL_IOERR_FSTAT))
        result?.pointee = sqlite3_int64(state[file.node].content.count)
    }
}

private func fileLock(file: SQLiteFile?, level: Int32) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in
        try state.begin(.lock)
        guard let level = FileLocks.Level(rawValue: level) else { throw DiskRefusal(code: SQLITE_MISUSE) }
        try state[file.node].locks.raise(file.id, to: level)
    }
}

private func fileUnlock(file: SQLiteFile?, level: Int32) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in
        guard let level = FileLocks.Level(rawValue: level) else { throw DiskRefusal(code: SQLITE_MISUSE) }
        state[file.node].locks.lower(file.id, to: level)
    }
}

private func fileCheckReservedLock(file: SQLiteFile?, result: UnsafeMutablePointer<Int32>?) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in
        try state.begin(.lock)
        result?.pointee = state[file.node].locks.isReserved ? 1 : 0
    }
}

private func fileControl(file: SQLiteFile?, operation: Int32, argument: UnsafeMutableRawPointer?) -> Int32 {
    SQLITE_NOTFOUND
}

private func fileSectorSize(file: SQLiteFile?) -> Int32 {
    Int32(SectorFates.sectorByteCount)
}

private func fileDeviceCharacteristics(file: SQLiteFile?) -> Int32 {
    guard let file else { return 0 }
    return OpenFile.stored(in: file).disk.isPowersafeOverwrite ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0
}
