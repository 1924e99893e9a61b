internal import CSQLite
internal import Synchronization

// What SQLite calls for the shared memory of WAL mode. File-level functions, as C needs them.

func sharedMemoryMap(
    file: SQLiteFile?, region: Int32, byteCount: Int32, extend: Int32,
    result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in
        try state.begin(.shmMap)
        let region = Int(region)
        // A real disk keeps the memory in a file, which cannot be made on a read-only one.
        if state.isReadOnly, !state[file.node].sharedMemory.holds(region: region) { throw .cannotOpen }
        result?.pointee = state[file.node].sharedMemory.map(
            region: region, byteCount: Int(byteCount), extend: extend != 0, for: file.id)
    }
}

func sharedMemoryLock(file: SQLiteFile?, first: Int32, count: Int32, flags: Int32) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in
        guard first >= 0, count >= 1, first + count <= SQLITE_SHM_NLOCK else { throw DiskRefusal(code: SQLITE_MISUSE) }
        let mask = UInt8(truncatingIfNeeded: ((1 << Int(count)) - 1) << Int(first))
        if flags & SQLITE_SHM_UNLOCK != 0 {
            state[file.node].sharedMemory.unlock(mask, for: file.id)
            return
        }
        do { try state.begin(.lock) } catch { throw DiskRefusal(ATOLL_IOERR_SHMLOCK) }
        try state[file.node].sharedMemory.lock(mask, exclusively: flags & SQLITE_SHM_EXCLUSIVE != 0, for: file.id)
    }
}

/// What this thread wrote to the shared memory is seen by whoever passes a barrier after it.
func sharedMemoryBarrier(file: SQLiteFile?) {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
}

func sharedMemoryUnmap(file: SQLiteFile?, deletes: Int32) -> Int32 {
    status(file) { (state, file) throws(DiskRefusal) in state[file.node].sharedMemory.detach(file.id) }
}
