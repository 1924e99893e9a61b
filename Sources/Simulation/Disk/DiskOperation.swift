internal import CSQLite

/// What SQLite asks of a disk, as far as it is counted and can be made to fail.
public enum DiskOperation: Int, CaseIterable, Hashable, Sendable {
    case read, write, sync, truncate, open, delete
    /// A lock of a file or of a slot of shared memory; unlocking is neither counted nor refused.
    case lock
    case shmMap

    /// The operations between which a power cut makes a difference.
    public static let changes: Set<DiskOperation> = [.write, .sync, .truncate, .open, .delete]

    /// What SQLite is told when the operation fails.
    var failure: DiskRefusal {
        switch self {
        case .read: DiskRefusal(ATOLL_IOERR_READ)
        case .write: DiskRefusal(ATOLL_IOERR_WRITE)
        case .sync: DiskRefusal(ATOLL_IOERR_FSYNC)
        case .truncate: DiskRefusal(ATOLL_IOERR_TRUNCATE)
        case .open: DiskRefusal(code: SQLITE_IOERR)
        case .delete: DiskRefusal(ATOLL_IOERR_DELETE)
        case .lock: DiskRefusal(ATOLL_IOERR_LOCK)
        case .shmMap: DiskRefusal(ATOLL_IOERR_SHMMAP)
        }
    }
}
