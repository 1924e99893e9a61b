internal import CSQLite

/// An operation that the disk refuses, with the result code that SQLite is given.
struct DiskRefusal: Error, Equatable {
    let code: Int32

    static let busy = DiskRefusal(code: SQLITE_BUSY)
    static let cannotOpen = DiskRefusal(code: SQLITE_CANTOPEN)
    static let full = DiskRefusal(code: SQLITE_FULL)
    static let readOnly = DiskRefusal(code: SQLITE_READONLY)
    static let shortRead = DiskRefusal(ATOLL_IOERR_SHORT_READ)

    init(code: Int32) {
        self.code = code
    }

    /// One of the shim's constants, which Swift imports as `Int`.
    init(_ constant: Int) {
        code = Int32(constant)
    }
}
