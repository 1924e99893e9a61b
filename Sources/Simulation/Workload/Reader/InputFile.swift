internal import Glibc

/// A file open for reading, closed with its last reference.
final class InputFile {
    private let descriptor: Int32
    /// The file's size when it was opened, or `nil` for what has none: a pipe, a terminal.
    let byteCount: Int?

    init(path: String) throws(LogError.Problem) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(errno: errno) }
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        byteCount = isRegular ? Int(status.st_size) : nil
    }

    deinit { close(descriptor) }

    /// Reads what is there, at most `buffer`; 0 at the end of the file.
    func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(LogError.Problem) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .unreadable(errno: errno) }
        }
    }
}
