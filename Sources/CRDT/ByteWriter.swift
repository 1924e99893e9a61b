/// Appends canonical encodings to a buffer.
///
/// A varint holds up to 64 bits in 1 to 9 bytes, big end first: the leading one bits of the first byte count the bytes that
/// follow. Shorter forms come first in byte order, so encoded numbers sort as numbers, and the shortest form is the only one
/// accepted.
public struct ByteWriter: Sendable {
    public var bytes: [UInt8]

    @inlinable
    public init(reservingCapacity capacity: Int = 0) {
        bytes = []
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    @inlinable public var count: Int { bytes.count }

    @inlinable
    public mutating func write(byte: UInt8) {
        bytes.append(byte)
    }

    @inlinable
    public mutating func write(varint value: UInt64) {
        if value < 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else if value < 0x4000 {
            bytes.append(0x80 | UInt8(truncatingIfNeeded: value >> 8))
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else {
            writeLong(varint: value)
        }
    }

    /// Small magnitudes of either sign become small varints.
    @inlinable
    public mutating func write(zigzag value: Int64) {
        write(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    @inlinable
    public mutating func write(fixed32 value: UInt32) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    @inlinable
    public mutating func write(fixed64 value: UInt64) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    @inlinable
    public mutating func write(raw more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// A length, then the bytes.
    @inlinable
    public mutating func write(counted more: some Collection<UInt8>) {
        write(varint: UInt64(more.count))
        bytes.append(contentsOf: more)
    }

    @usableFromInline
    mutating func writeLong(varint value: UInt64) {
        let bits = 64 - value.leadingZeroBitCount
        guard bits <= 56 else {
            bytes.append(0xFF)
            return write(fixed64: value)
        }
        let following = (bits - 1) / 7
        let lead = UInt8(truncatingIfNeeded: 0xFF00 >> following)
        bytes.append(lead | UInt8(truncatingIfNeeded: value >> (8 * following)))
        for index in stride(from: following - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index)))
        }
    }
}
