/// Why bytes were refused. Every case carries where.
public enum CodecError: Error, Hashable, Sendable {
    /// The bytes end before the value does.
    case truncated(offset: Int)
    /// Bytes are left over behind the value.
    case trailing(offset: Int)
    /// A second spelling of a value that has one canonical form, or entries out of order.
    case notCanonical(offset: Int)
    /// A code that this version gives no meaning.
    case unknownCode(UInt64, offset: Int)
    /// A length or count above its limit.
    case oversized(UInt64, limit: UInt64, offset: Int)
    /// Text that is not UTF-8.
    case notText(offset: Int)
    /// A number outside the range that its place allows.
    case outOfRange(offset: Int)
}
