import Glibc
import Node

/// What is typed on standard input, line by line.
struct TypedLines {
    /// Whether a person sees what was typed already.
    let isTerminal = isatty(STDIN_FILENO) == 1
    private var bytes: [UInt8] = []
    private var isAtEnd = false

    /// Longer ones are cut there; their rest is another line.
    private static let bytesLimit = 1 << 16

    /// Waits for the next line; a last one may end without a line feed.
    ///
    /// - Returns: nil at the end of input.
    /// - Throws: `Interrupted`.
    mutating func next() throws -> String? {
        while true {
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) { return take(end, dropping: 1) }
            if bytes.count >= Self.bytesLimit { return take(Self.bytesLimit, dropping: 0) }
            if isAtEnd { return bytes.isEmpty ? nil : take(bytes.count, dropping: 0) }
            try read()
        }
    }

    private mutating func take(_ count: Int, dropping separators: Int) -> String {
        let line = String(decoding: bytes[..<count], as: UTF8.self)
        bytes.removeFirst(count + separators)
        return line.last == "\r" ? String(line.dropLast()) : line
    }

    private mutating func read() throws {
        try Interruption.check()
        // A signal ends the waiting of `poll`, and not that of `read`.
        var question = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&question, 1, -1) >= 0 else { return }
        var part = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(STDIN_FILENO, &part, part.count)
        if count < 0, errno != EINTR, errno != EAGAIN {
            throw FileError(path: "standard input", operation: "reading", errno: errno)
        }
        if count == 0 { isAtEnd = true }
        if count > 0 { bytes += part[..<count] }
    }
}
