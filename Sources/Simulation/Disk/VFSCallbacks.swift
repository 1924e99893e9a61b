internal import CSQLite
internal import Synchronization

// What SQLite calls to find, make and remove files. File-level functions, as C needs them.

/// The methods of a simulated VFS; the name and the disk are filled in by `VFSRegistration`.
func simulatedVFS() -> sqlite3_vfs {
    var vfs = sqlite3_vfs()
    vfs.iVersion = 2
    vfs.xOpen = vfsOpen
    vfs.xDelete = vfsDelete
    vfs.xAccess = vfsAccess
    vfs.xFullPathname = vfsFullPathname
    vfs.xRandomness = vfsRandomness
    vfs.xSleep = vfsSleep
    vfs.xCurrentTime = vfsCurrentTime
    vfs.xGetLastError = vfsGetLastError
    vfs.xCurrentTimeInt64 = vfsCurrentTimeInt64
    return vfs
}

private typealias VFS = UnsafeMutablePointer<sqlite3_vfs>

/// The disk that a VFS stands for; SQLite has only pointers that `VFSRegistration` filled in.
private func disk(of vfs: VFS?) -> SimulatedDisk? {
    vfs?.pointee.pAppData.map { Unmanaged<SimulatedDisk>.fromOpaque($0).takeUnretainedValue() }
}

private func vfsOpen(
    vfs: VFS?, name: UnsafePointer<CChar>?, file: UnsafeMutablePointer<sqlite3_file>?, flags: Int32,
    flagsOut: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let disk = disk(of: vfs), let file else { return SQLITE_MISUSE }
    file.pointee.pMethods = nil
    do {
        let name = name.map { String(cString: $0) }
        let (opened, isReadOnly) = try disk.open(name, flags: flags)
        opened.store(in: file, methods: disk.fileMethods)
        flagsOut?.pointee = isReadOnly ? flags & ~SQLITE_OPEN_READWRITE | SQLITE_OPEN_READONLY : flags
        return SQLITE_OK
    } catch {
        return error.code
    }
}

private func vfsDelete(vfs: VFS?, name: UnsafePointer<CChar>?, syncsDirectory: Int32) -> Int32 {
    guard let disk = disk(of: vfs), let name else { return SQLITE_MISUSE }
    do {
        let name = String(cString: name)
        try disk.state.withLock { (state) throws(DiskRefusal) in try state.delete(name, durably: syncsDirectory != 0) }
        return SQLITE_OK
    } catch {
        return error.code
    }
}

/// As SQLite's own VFS has it, an empty file does not exist.
private func vfsAccess(
    vfs: VFS?, name: UnsafePointer<CChar>?, flags: Int32, result: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let disk = disk(of: vfs), let name else { return SQLITE_MISUSE }
    let path = String(cString: name)
    return disk.state.withLock { state in
        guard state.isPowered else { return Int32(ATOLL_IOERR_ACCESS) }
        let isThere = state.byteCount(of: path).map { $0 > 0 || flags != SQLITE_ACCESS_EXISTS } ?? false
        let isGranted = isThere && (flags != SQLITE_ACCESS_READWRITE || !state.isReadOnly)
        result?.pointee = isGranted ? 1 : 0
        return SQLITE_OK
    }
}

/// Names have no folders here, so a name is its own full path.
private func vfsFullPathname(
    vfs: VFS?, name: UnsafePointer<CChar>?, capacity: Int32, result: UnsafeMutablePointer<CChar>?
) -> Int32 {
    guard let name, let result else { return SQLITE_MISUSE }
    var length = 0
    while name[length] != 0 { length += 1 }
    guard length < capacity else { return SQLITE_CANTOPEN }
    result.update(from: name, count: length + 1)
    return SQLITE_OK
}

private func vfsRandomness(vfs: VFS?, count: Int32, result: UnsafeMutablePointer<CChar>?) -> Int32 {
    guard let disk = disk(of: vfs), let result else { return 0 }
    return disk.state.withLock { state in
        for index in 0..<Int(count) { result[index] = CChar.random(in: .min ... .max, using: &state.random) }
        return count
    }
}

private func vfsSleep(vfs: VFS?, microseconds: Int32) -> Int32 {
    guard let disk = disk(of: vfs) else { return microseconds }
    disk.state.withLock { $0.unixMicroseconds += Int64(microseconds) }
    disk.giveWay()
    return microseconds
}

private func vfsCurrentTimeInt64(vfs: VFS?, result: UnsafeMutablePointer<sqlite3_int64>?) -> Int32 {
    guard let disk = disk(of: vfs), let result else { return SQLITE_MISUSE }
    // SQLite counts from noon of day 0 of the Julian calendar.
    let julianMillisecondsOfUnixEpoch: Int64 = 210_866_760_000_000
    result.pointee = julianMillisecondsOfUnixEpoch + disk.unixMilliseconds
    return SQLITE_OK
}

private func vfsCurrentTime(vfs: VFS?, result: UnsafeMutablePointer<Double>?) -> Int32 {
    var milliseconds: sqlite3_int64 = 0
    let code = vfsCurrentTimeInt64(vfs: vfs, result: &milliseconds)
    if code == SQLITE_OK { result?.pointee = Double(milliseconds) / 86_400_000 }
    return code
}

private func vfsGetLastError(vfs: VFS?, capacity: Int32, result: UnsafeMutablePointer<CChar>?) -> Int32 {
    0
}

extension SimulatedDisk {
    /// Opens a file for SQLite, which must close it.
    fileprivate func open(_ name: String?, flags: Int32) throws(DiskRefusal) -> (OpenFile, isReadOnly: Bool) {
        let (id, node, isReadOnly) = try state.withLock { (state) throws(DiskRefusal) in
            let (node, isReadOnly) = try state.open(name, flags: flags)
            return (state.makeFileID(), node, isReadOnly)
        }
        return (OpenFile(id: id, node: node, disk: self), isReadOnly)
    }
}
