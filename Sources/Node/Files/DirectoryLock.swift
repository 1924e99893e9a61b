internal import Glibc

/// One process a directory: held as long as this object lives, and let go by the system when the process dies.
///
/// The file `lock` in the directory stays; it holds the number of the process that has locked it, or of the last one.
public final class DirectoryLock: Sendable {
    public static let fileName = "lock"

    private let file: Descriptor

    /// - Throws: `NodeError.locked` if another process, or another part of this one, holds the lock; `FileError`.
    public init(_ directory: String) throws {
        file = try Self.lockedFile(in: directory)
    }

    /// Unlocks in so many words: a child process that is between its fork and its exec still has the file open, and closing
    /// our descriptor alone would leave the directory locked until then.
    deinit {
        flock(file.number, LOCK_UN)
    }

    private static func lockedFile(in directory: String) throws -> Descriptor {
        let path = directory + "/" + fileName
        let file = try Descriptor(path, O_RDWR | O_CREAT, mode: 0o644)
        guard try isLocked(file) else {
            let digits = try file.read(limit: 20).prefix { $0 != UInt8(ascii: "\n") }
            throw NodeError.locked(directory: directory, holder: Int32(String(decoding: digits, as: UTF8.self)))
        }
        try systemCall("emptying", path) { ftruncate(file.number, 0) }
        try Array("\(getpid())\n".utf8).withUnsafeBytes { try file.write($0) }
        return file
    }

    private static func isLocked(_ file: Descriptor) throws(FileError) -> Bool {
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw FileError(path: file.path, operation: "locking", errno: errno) }
        }
        return true
    }
}
