/// The bytes of one file, in chunks: copies of a disk share each of them until one writes to it.
///
/// Invariant: every chunk is full, and what lies in the last one behind the end is zero.
struct FileBytes: Equatable, Sendable {
    private(set) var count = 0
    private var chunks: [[UInt8]] = []

    /// Some pages: most commits write a few.
    private static let chunkByteCount = 16_384

    init() {}

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { overwrite(at: 0, with: $0) }
    }

    /// All of them, one behind the other.
    var bytes: [UInt8] { bytes(in: 0..<count) }

    /// Those of a range, which does not reach beyond the end.
    func bytes(in range: Range<Int>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initializedCount in
            copy(from: range.lowerBound, to: UnsafeMutableRawBufferPointer(buffer))
            initializedCount = range.count
        }
    }

    subscript(offset: Int) -> UInt8 {
        get { chunks[offset / Self.chunkByteCount][offset % Self.chunkByteCount] }
        set { chunks[offset / Self.chunkByteCount][offset % Self.chunkByteCount] = newValue }
    }

    /// Fills a buffer, which does not reach beyond the end.
    func copy(from offset: Int, to buffer: UnsafeMutableRawBufferPointer) {
        precondition(offset + buffer.count <= count, "nobody reads behind the end")
        var done = 0
        while done < buffer.count {
            let (chunk, range) = Self.part(at: offset + done, atMost: buffer.count - done)
            chunks[chunk].withUnsafeBytes {
                UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[range]))
            }
            done += range.count
        }
    }

    /// Writes as a file does: past the end it grows, and what lies between is zero.
    mutating func overwrite(at offset: Int, with bytes: UnsafeRawBufferPointer) {
        let end = offset + bytes.count
        while chunks.count * Self.chunkByteCount < end { chunks.append([UInt8](repeating: 0, count: Self.chunkByteCount)) }
        var done = 0
        while done < bytes.count {
            let (chunk, range) = Self.part(at: offset + done, atMost: bytes.count - done)
            chunks[chunk].withUnsafeMutableBytes {
                UnsafeMutableRawBufferPointer(rebasing: $0[range])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[done..<done + range.count]))
            }
            done += range.count
        }
        count = max(count, end)
    }

    /// Takes away what lies behind a length, if there is anything.
    mutating func truncate(to length: Int) {
        guard length < count else { return }
        count = length
        chunks.removeLast(chunks.count - (length + Self.chunkByteCount - 1) / Self.chunkByteCount)
        let start = length % Self.chunkByteCount
        if start > 0 { for index in start..<Self.chunkByteCount { chunks[chunks.count - 1][index] = 0 } }
    }

    /// Which chunk a place is in, and how much of it at most.
    private static func part(at offset: Int, atMost limit: Int) -> (chunk: Int, range: Range<Int>) {
        let start = offset % chunkByteCount
        return (offset / chunkByteCount, start..<min(chunkByteCount, start + limit))
    }
}
