/// The bytes of a log as they lie in a file or in memory, perhaps compressed, through a window of bounded size.
struct RawInput: ~Copyable {
    /// The size of the whole input, or `nil` if it cannot be known.
    let bytesTotal: Int?
    /// `nil` when everything is in the window already.
    private let file: InputFile?
    private var window: [UInt8]
    private var unread: Range<Int>
    /// Bytes that the window has taken in so far, read or unread.
    private var takenCount: Int

    /// How much was consumed so far.
    var bytesRead: Int { takenCount - unread.count }

    init(path: String) throws(LogError.Problem) {
        let windowBytes = 1 << 16
        let file = try InputFile(path: path)
        self.file = file
        bytesTotal = file.byteCount
        window = [UInt8](repeating: 0, count: windowBytes)
        unread = 0..<0
        takenCount = 0
    }

    init(bytes: [UInt8]) {
        file = nil
        bytesTotal = bytes.count
        window = bytes
        unread = bytes.indices
        takenCount = bytes.count
    }

    /// The first bytes, `count` of them unless the input is shorter. Only before anything was consumed.
    mutating func prefix(_ count: Int) throws(LogError.Problem) -> ArraySlice<UInt8> {
        while unread.count < count, try fill() {}
        return window[unread].prefix(count)
    }

    /// Sees to it that bytes are there to be consumed; false at the end of the input.
    mutating func refill() throws(LogError.Problem) -> Bool {
        if !unread.isEmpty { return true }
        return try fill()
    }

    /// Lets `body` see the unread bytes of the window and drops as many as it says it used.
    mutating func consume(
        _ body: (UnsafeBufferPointer<UInt8>) throws(LogError.Problem) -> Int
    ) throws(LogError.Problem) {
        let range = unread
        let used = try window.withUnsafeBufferPointer { (bytes) throws(LogError.Problem) in
            try body(UnsafeBufferPointer(rebasing: bytes[range]))
        }
        unread = range.lowerBound + used..<range.upperBound
    }

    private mutating func fill() throws(LogError.Problem) -> Bool {
        guard let file else { return false }
        if unread.isEmpty { unread = 0..<0 }
        let end = unread.upperBound
        let count = try window.withUnsafeMutableBufferPointer { (bytes) throws(LogError.Problem) in
            try file.read(into: UnsafeMutableBufferPointer(rebasing: bytes[end...]))
        }
        takenCount += count
        unread = unread.lowerBound..<end + count
        return count > 0
    }
}
