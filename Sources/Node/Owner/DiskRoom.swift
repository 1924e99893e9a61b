internal import Foundation

/// How much room a full disk has left, and how much a node needs, in words for whoever has to make some.
public struct DiskRoom: Hashable, Sendable {
    /// The write-ahead log grows to 16 MiB before it is moved into the file, which then grows by as much; and there must be
    /// room for what is on its way out, and for the log.
    public static let neededBytes: Int64 = 64 << 20

    /// Nil if the system does not say.
    public let freeBytes: Int64?

    /// - Parameter path: of anything on the disk.
    init(on path: String) {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
        freeBytes = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }
}

extension DiskRoom: CustomStringConvertible {
    public var description: String {
        let needed = "\(Self.neededBytes >> 20) MiB are needed"
        guard let freeBytes else { return "at least \(needed)" }
        guard freeBytes >= Self.neededBytes else { return "\(freeBytes >> 20) MiB are left there, and at least \(needed)" }
        return "\(freeBytes >> 20) MiB are left there, but a quota or a limit on the size of files (ulimit -f) keeps them back"
    }
}
