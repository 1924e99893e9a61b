/// Sums up a run in one number, so that two of them can be told apart: FNV-1a of 64 bits, over words and bytes in their order.
/// Not for anything that somebody might want to forge.
public struct TraceHash: Hashable, Sendable {
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    public mutating func add(_ word: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { add(byte: UInt8(truncatingIfNeeded: word >> shift)) }
    }

    public mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { add(byte: byte) }
        add(UInt64(bytes.count))
    }

    private mutating func add(byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }
}
