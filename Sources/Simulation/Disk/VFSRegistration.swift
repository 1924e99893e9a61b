internal import CSQLite

/// The structures by which SQLite knows a disk, and the disk's entry in SQLite's list of VFSes.
///
/// Unchecked: the pointers never change, what they point to is written only before `register` ends, and SQLite reads it
/// only while a file is open or being opened, which keeps the disk and so this value alive.
struct VFSRegistration: ~Copyable, @unchecked Sendable {
    private let vfs: UnsafeMutablePointer<sqlite3_vfs>
    private let methods: UnsafeMutablePointer<sqlite3_io_methods>
    private let name: UnsafeMutableBufferPointer<CChar>

    /// The longest name of a file.
    static let maximumNameByteCount: Int32 = 512

    init(name: String) {
        vfs = .allocate(capacity: 1)
        methods = .allocate(capacity: 1)
        self.name = .allocate(capacity: name.utf8.count + 1)
        _ = self.name.initialize(from: name.utf8CString)
        methods.initialize(to: simulatedFileMethods())
        vfs.initialize(to: simulatedVFS())
        vfs.pointee.zName = UnsafePointer(self.name.baseAddress)
        vfs.pointee.szOsFile = Int32(OpenFile.byteCount)
        vfs.pointee.mxPathname = Self.maximumNameByteCount
    }

    /// Tells SQLite of the disk, which is not retained here: its open files retain it.
    func register(_ disk: SimulatedDisk) {
        vfs.pointee.pAppData = Unmanaged.passUnretained(disk).toOpaque()
        let code = sqlite3_vfs_register(vfs, 0)
        precondition(code == SQLITE_OK, "SQLite registers a VFS unless it cannot start: \(code)")
    }

    /// The methods of every file of the disk.
    var fileMethods: UnsafePointer<sqlite3_io_methods> { UnsafePointer(methods) }

    deinit {
        sqlite3_vfs_unregister(vfs)
        vfs.deallocate()
        methods.deallocate()
        name.deallocate()
    }
}
