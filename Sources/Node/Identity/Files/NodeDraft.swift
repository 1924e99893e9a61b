internal import Foundation
internal import Glibc
internal import Net
internal import Replica

/// A node's directory while it is being made: it comes to be as a whole, by one rename, or not at all.
///
/// The draft is a hidden folder beside the directory. It outlives a crash, and the next attempt begins with the private key that
/// the last one made: whoever enrols with the same key is the same machine.
final class NodeDraft {
    let target: String
    /// Whether the private key is an earlier attempt's.
    private(set) var isResumed = false
    private let path: String
    private var lock: DirectoryLock?

    /// - Parameter target: an empty directory, or a name that is free in a directory that exists.
    /// - Throws: `NodeError.occupied`; `.locked` if another process makes the same node.
    init(of target: String) throws {
        self.target = try Self.freePlace(target)
        path = Self.draft(of: self.target)
        if case .none = try FileKind(path) { try DurableFile.makeDirectory(path, mode: 0o700) }
        lock = try DirectoryLock(path)
    }

    /// The key of the machine, made and durable before anybody hears of it.
    func key() throws -> PrivateKey {
        let file = path + "/" + NodeKeys.keyName
        if case .file = try FileKind(file) {
            isResumed = true
            return try NodeKeys.key(at: file)
        }
        let key = try made { () throws(CertificateError) in try PrivateKey() }
        try NodeKeys.write(key, to: file)
        return key
    }

    /// Builds the directory and puts it in its place.
    ///
    /// - Parameter fill: writes to the new replica, with its path; what it wrote is committed.
    func publish(
        _ card: ReplicaCard, _ keys: NodeKeys, _ configuration: NodeConfiguration, epoch: Int64,
        _ fill: (Replica, String) throws -> Void
    ) throws {
        let folder = path + "/" + Self.replicaName
        if case .directory = try FileKind(folder) { try FileManager.default.removeItem(atPath: folder) }
        do {
            let directory = try ReplicaDirectory.create(at: folder, card, epoch: epoch)
            try keys.write(in: folder)
            try configuration.write(in: folder)
            try fill(directory.replica, folder)
            try directory.replica.commit()
            try directory.writeHighWater()
        }
        // The database is closed, so that its write-ahead log is in it.
        try DurableFile.syncDirectory(folder)
        try putInPlace(folder)
        abandon()
    }

    private func putInPlace(_ folder: String) throws {
        do throws(FileError) {
            try DurableFile.move(folder, to: target)
        } catch {
            // Somebody else was faster.
            if case .system(_, _, let code) = error, [ENOTEMPTY, EEXIST].contains(code) {
                throw NodeError.occupied(path: target)
            }
            throw error
        }
    }

    /// Leaves nothing behind but what was published.
    func abandon() {
        // In this order, so that nobody builds in what is being removed.
        try? FileManager.default.removeItem(atPath: path)
        lock = nil
    }

    /// Finishes what an attempt did not that was interrupted after the rename: the draft beside the directory goes.
    ///
    /// - Returns: whether there was such an attempt; the directory is then whole.
    static func finishPublished(at target: String) throws -> Bool {
        guard case .directory = try FileKind(target + "/" + NodeKeys.folderName) else { return false }
        let path = draft(of: try resolved(target))
        guard case .directory = try FileKind(path) else { return false }
        let lock = try DirectoryLock(path)
        defer { withExtendedLifetime(lock) {} }
        // A draft that is still being built is another one's.
        guard case .none = try FileKind(path + "/" + replicaName) else { return false }
        try FileManager.default.removeItem(atPath: path)
        return true
    }

    private static let replicaName = "replica"

    private static func draft(of target: String) -> String {
        let name = target.split(separator: "/").last.map(String.init) ?? ""
        return DurableFile.parent(of: target) + "/.\(name).joining"
    }

    private static func freePlace(_ target: String) throws -> String {
        switch try FileKind(target) {
        case .file: throw NodeError.occupied(path: target)
        case .none:
            var path = target
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            return path
        case .directory:
            guard try FileManager.default.contentsOfDirectory(atPath: target).isEmpty else {
                throw NodeError.occupied(path: target)
            }
            return try resolved(target)
        }
    }

    /// A name like `.` cannot be renamed to.
    private static func resolved(_ target: String) throws(FileError) -> String {
        guard let resolved = realpath(target, nil) else {
            throw FileError(path: target, operation: "looking at", errno: errno)
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
