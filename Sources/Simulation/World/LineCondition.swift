/// How bytes travel from one node to another; the way back has a condition of its own.
public struct LineCondition: Hashable, Sendable {
    /// Nothing arrives. What is on its way waits, and goes on when the line is whole again: neither end is told.
    public var isCut = false
    /// How long each part takes, in milliseconds.
    public var delay: ClosedRange<Int64> = 1...20
    /// How much passes in a second.
    public var bytesPerSecond: Int64 = 10_000_000
    /// Parts that arrive together are no longer than this: 1 delivers single bytes.
    public var largestPart = 16_384
    /// One bit of so many bytes is wrong; 0 for none. The transport would notice, as TLS does, so the connection ends there.
    public var bytesPerFlippedBit: Int64 = 0

    public init() {}
}
