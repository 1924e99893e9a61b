internal import Glibc

/// Cuts a byte source into lines, through a buffer that never exceeds twice the longest line allowed.
struct LineReader: ~Copyable {
    /// A line's place in the buffer, until the next line is read.
    struct Line {
        fileprivate let range: Range<Int>
        /// False for a last line without a line feed.
        let isTerminated: Bool
    }

    /// The number of the line read last, or being read when an error was thrown, counted from 1.
    private(set) var lineNumber = 0

    private var source: ByteSource
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var unread = 0..<0
    /// How much of `unread` is known to hold no line feed.
    private var scannedCount = 0

    var bytesRead: Int { source.bytesRead }
    var bytesTotal: Int? { source.bytesTotal }

    init(_ source: consuming ByteSource) {
        self.source = source
    }

    /// The next line, or `nil` at the end.
    mutating func next() throws(LogError.Problem) -> Line? {
        lineNumber += 1
        while true {
            if let length = lineLength() {
                try checkLength(length)
                let start = unread.lowerBound
                unread = start + length + 1..<unread.upperBound
                scannedCount = 0
                return Line(range: start..<start + length, isTerminated: true)
            }
            scannedCount = unread.count
            try checkLength(unread.count)
            guard try fill() else { break }
        }
        guard !unread.isEmpty else {
            lineNumber -= 1
            return nil
        }
        let last = unread
        unread = last.upperBound..<last.upperBound
        scannedCount = 0
        return Line(range: last, isTerminated: false)
    }

    /// Lets `body` see the bytes of `line`, without its line feed.
    func withBytes<Value>(
        of line: Line, _ body: (UnsafeBufferPointer<UInt8>) throws(LogError.Problem) -> Value
    ) throws(LogError.Problem) -> Value {
        try buffer.withUnsafeBufferPointer { (bytes) throws(LogError.Problem) in
            try body(UnsafeBufferPointer(rebasing: bytes[line.range]))
        }
    }

    private func checkLength(_ length: Int) throws(LogError.Problem) {
        guard length <= LogLimits.lineBytes else { throw .lineTooLong(limitBytes: LogLimits.lineBytes) }
    }

    /// The length of the first unread line, if its line feed is in the buffer.
    private func lineLength() -> Int? {
        let range = unread.lowerBound + scannedCount..<unread.upperBound
        guard !range.isEmpty else { return nil }
        let lineFeed = Int32(UInt8(ascii: "\n"))
        return buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + range.lowerBound, lineFeed, range.count)
            else { return nil }
            return UnsafeRawPointer(found) - base - unread.lowerBound
        }
    }

    /// Reads more behind what is unread, which moves to the front if it must; false at the end.
    private mutating func fill() throws(LogError.Problem) -> Bool {
        let end = unread.upperBound
        if end == buffer.count {
            if unread.lowerBound > 0 {
                moveToFront()
            } else {
                buffer.append(contentsOf: repeatElement(0, count: buffer.count))
            }
            return try fill()
        }
        let count = try buffer.withUnsafeMutableBufferPointer { (bytes) throws(LogError.Problem) in
            try source.read(into: UnsafeMutableBufferPointer(rebasing: bytes[end...]))
        }
        unread = unread.lowerBound..<end + count
        return count > 0
    }

    private mutating func moveToFront() {
        let range = unread
        buffer.withUnsafeMutableBytes { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
        unread = 0..<range.count
    }
}
