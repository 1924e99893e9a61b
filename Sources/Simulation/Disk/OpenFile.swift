internal import CSQLite

/// A file as one connection has it open.
///
/// It keeps its disk, and with it the VFS that SQLite still calls, alive until it is closed.
final class OpenFile: Sendable {
    struct ID: Hashable, Sendable {
        let number: Int
    }

    let id: ID
    let node: FileNode.ID
    let disk: SimulatedDisk

    init(id: ID, node: FileNode.ID, disk: SimulatedDisk) {
        self.id = id
        self.node = node
        self.disk = disk
    }

    /// How much memory SQLite gives a file: its own part, then a reference to one of these.
    static let byteCount = referenceOffset + MemoryLayout<UnsafeMutableRawPointer>.size
    private static let referenceOffset = MemoryLayout<sqlite3_file>.stride

    /// Hands the file over to SQLite, which gives it back by `close`.
    func store(in file: UnsafeMutablePointer<sqlite3_file>, methods: UnsafePointer<sqlite3_io_methods>) {
        let reference = Unmanaged.passRetained(self).toOpaque()
        UnsafeMutableRawPointer(file).storeBytes(
            of: reference, toByteOffset: Self.referenceOffset, as: UnsafeMutableRawPointer.self)
        file.pointee.pMethods = methods
    }

    static func stored(in file: UnsafeMutablePointer<sqlite3_file>) -> OpenFile {
        reference(in: file).takeUnretainedValue()
    }

    /// Takes the file back from SQLite, which calls none of its methods any more.
    static func take(from file: UnsafeMutablePointer<sqlite3_file>) -> OpenFile {
        file.pointee.pMethods = nil
        return reference(in: file).takeRetainedValue()
    }

    private static func reference(in file: UnsafeMutablePointer<sqlite3_file>) -> Unmanaged<OpenFile> {
        .fromOpaque(UnsafeRawPointer(file).load(fromByteOffset: referenceOffset, as: UnsafeMutableRawPointer.self))
    }
}
