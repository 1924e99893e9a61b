internal import Glibc

/// The one funnel for system calls on files: interrupted calls are made again, refusals are thrown.
///
/// - Parameters:
///   - path: what errors are about.
///   - operation: the call's purpose, for errors that have no case of their own.
/// - Returns: what the call returned, 0 or more.
@discardableResult
func systemCall<Result: SignedInteger>(
    _ operation: String, _ path: String, _ call: () -> Result
) throws(FileError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        guard errno == EINTR else { throw FileError(path: path, operation: operation, errno: errno) }
    }
}

/// A file descriptor, closed with its last reference.
final class Descriptor: Sendable {
    let number: Int32
    let path: String

    init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(FileError) {
        self.path = path
        number = try systemCall("opening", path) { open(path, flags | O_CLOEXEC, mode) }
    }

    /// What a file is opened for.
    enum Purpose {
        /// A new one that is written and read again.
        case newSpool
    }

    convenience init(_ path: String, _ purpose: Purpose) throws(FileError) {
        switch purpose {
        case .newSpool: try self.init(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        }
    }

    deinit { close(number) }

    /// Writes all of the bytes at the current position.
    func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try systemCall("writing", path) { Glibc.write(number, rest.baseAddress, rest.count) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Reads to the end, at most `limit` bytes.
    func read(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let wanted = min(buffer.count, limit - bytes.count)
            let count = try buffer.withUnsafeMutableBytes { buffer in
                try systemCall("reading", path) { Glibc.read(number, buffer.baseAddress, wanted) }
            }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// Reads bytes that are there.
    func read(_ count: Int, at offset: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let part = try bytes.withUnsafeMutableBytes { bytes in
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
                return try systemCall("reading", path) { pread(number, rest.baseAddress, rest.count, off_t(offset + done)) }
            }
            guard part > 0 else { throw FileError(path: path, operation: "reading", errno: EIO) }
            done += part
        }
        return bytes
    }

    func sync() throws(FileError) {
        try systemCall("syncing", path) { fsync(number) }
    }
}
