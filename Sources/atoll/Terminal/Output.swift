import Glibc
import Node

/// Standard output or a file, buffered.
final class Output {
    private let descriptor: Int32
    private let name: String
    private var buffer: [UInt8] = []
    private let ownsDescriptor: Bool

    /// Standard output.
    init() {
        descriptor = STDOUT_FILENO
        name = "standard output"
        ownsDescriptor = false
    }

    /// A new file, or an old one emptied.
    ///
    /// - Parameter name: what errors call it; its path, unless it is only on its way to that name.
    init(path: String, named name: String? = nil) throws {
        self.name = name ?? path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        ownsDescriptor = true
        guard descriptor >= 0 else { throw failure(errno) }
    }

    deinit { if ownsDescriptor, descriptor >= 0 { close(descriptor) } }

    func line(_ text: String) throws { try write(text + "\n") }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= 1 << 16 { try flush() }
    }

    func flush() throws {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EPIPE {
                buffer = []
                throw BrokenPipe()
            } else if errno != EINTR {
                let error = failure(errno)
                buffer = []
                throw error
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Puts what was written on the disk.
    func sync() throws {
        if fsync(descriptor) != 0 { throw failure(errno) }
    }

    private func failure(_ code: Int32) -> FileError {
        FileError(path: name, operation: "writing", errno: code)
    }
}

/// Standard error: for people, so nothing depends on whether it is read.
enum Diagnostics {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count < 0, errno != EINTR { return }
            if count > 0 { written += count }
        }
    }

    static func line(_ text: String) { write(text + "\n") }
}
