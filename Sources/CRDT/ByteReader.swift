/// Reads canonical encodings out of bytes that nobody vouches for: every read is bounded, every second spelling refused.
///
/// The reader borrows its bytes; it must not outlive the closure or the row that lent them.
public struct ByteReader {
    public let bytes: UnsafeRawBufferPointer
    public var offset: Int

    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        offset = 0
    }

    @inlinable public var remaining: Int { bytes.count &- offset }
    @inlinable public var isAtEnd: Bool { offset == bytes.count }

    @inlinable
    public mutating func readByte() throws(CodecError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated(offset: offset) }
        defer { offset &+= 1 }
        return bytes[offset]
    }

    @inlinable
    public mutating func readVarint() throws(CodecError) -> UInt64 {
        guard offset < bytes.count else { throw .truncated(offset: offset) }
        let lead = bytes[offset]
        if lead < 0x80 {
            offset &+= 1
            return UInt64(lead)
        }
        return try readLongVarint(lead)
    }

    @inlinable
    public mutating func readZigzag() throws(CodecError) -> Int64 {
        let raw = try readVarint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    public mutating func readFixed32() throws(CodecError) -> UInt32 {
        var value: UInt32 = 0
        for byte in try readRaw(4) { value = value << 8 | UInt32(byte) }
        return value
    }

    public mutating func readFixed64() throws(CodecError) -> UInt64 {
        var value: UInt64 = 0
        for byte in try readRaw(8) { value = value << 8 | UInt64(byte) }
        return value
    }

    /// A varint that counts things, checked before anything is allocated for them.
    public mutating func readCount(limit: Int) throws(CodecError) -> Int {
        let start = offset
        let count = try readVarint()
        guard count <= UInt64(limit) else { throw .oversized(count, limit: UInt64(limit), offset: start) }
        return Int(count)
    }

    @inlinable
    public mutating func readRaw(_ count: Int) throws(CodecError) -> UnsafeRawBufferPointer {
        guard count <= remaining else { throw .truncated(offset: offset) }
        defer { offset &+= count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset &+ count])
    }

    /// A length, then that many bytes.
    @inlinable
    public mutating func readCounted(limit: Int) throws(CodecError) -> UnsafeRawBufferPointer {
        try readRaw(try readCount(limit: limit))
    }

    /// A length, then that many bytes of UTF-8.
    public mutating func readText(limit: Int) throws(CodecError) -> String {
        let start = offset
        let raw = try readCounted(limit: limit)
        guard let text = String(validating: raw, as: UTF8.self) else { throw .notText(offset: start) }
        return text
    }

    public func expectEnd() throws(CodecError) {
        guard isAtEnd else { throw .trailing(offset: offset) }
    }

    @usableFromInline
    mutating func readLongVarint(_ lead: UInt8) throws(CodecError) -> UInt64 {
        let following = (~lead).leadingZeroBitCount
        guard following < remaining else { throw .truncated(offset: offset) }
        var value = following >= 7 ? 0 : UInt64(lead & (0x7F >> UInt8(following)))
        for index in 1...following { value = value << 8 | UInt64(bytes[offset &+ index]) }
        let smallest: UInt64 = following == 8 ? 1 << 56 : 1 << (7 * UInt64(following))
        guard value >= smallest else { throw .notCanonical(offset: offset) }
        offset &+= following &+ 1
        return value
    }
}
