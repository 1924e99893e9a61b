internal import CRDT

/// Cuts a stream of bytes into frames, however the bytes arrive.
///
///     frame = varint length (of what follows)   byte kind   body
///
/// No more is kept than the frame that has begun, and nothing is reserved for bytes that have not come.
public struct FrameReader: Sendable {
    /// What has come of frames that are not taken yet.
    private var buffer: [UInt8] = []
    /// Where the first of them begins.
    private var start = 0
    /// The most bytes that a frame may have.
    public var limit: Int

    public init(limit: Int = FrameLimits.helloBytes) {
        self.limit = limit
    }

    /// How many bytes wait for the rest of their frame.
    public var waitingCount: Int { buffer.count - start }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if start > 0, start == buffer.count || start > 1 << 16 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Takes the next whole frame.
    ///
    /// - Returns: its kind and body; nil if more bytes must come first.
    public mutating func next() throws(SessionError) -> (kind: UInt8, body: [UInt8])? {
        guard let (header, length) = try length() else {
            release()
            return nil
        }
        let first = start + header
        guard buffer.count - first >= length else { return nil }
        let frame = (kind: buffer[first], body: Array(buffer[(first + 1)..<(first + length)]))
        start = first + length
        return frame
    }

    /// The bytes of the length, and the length; nil if it has not come whole.
    private func length() throws(SessionError) -> (header: Int, length: Int)? {
        guard start < buffer.count else { return nil }
        let following = (~buffer[start]).leadingZeroBitCount
        // The largest frame's length takes 4 bytes.
        guard following < 4 else { throw .oversized(limit: limit) }
        guard buffer.count - start > following else { return nil }
        let result = buffer[start...].withUnsafeBytes { bytes in
            Result { () throws(CodecError) in
                var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[...following]))
                return try reader.readVarint()
            }
        }
        guard case .success(let length) = result, length > 0 else { throw .malformed(kind: nil) }
        guard length <= UInt64(limit) else { throw .oversized(limit: limit) }
        return (following + 1, Int(length))
    }

    /// An idle connection keeps no buffer.
    private mutating func release() {
        guard start == buffer.count, buffer.capacity > 0 else { return }
        (buffer, start) = ([], 0)
    }
}
