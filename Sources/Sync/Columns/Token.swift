/// How one number is written: a byte that says how large it is, and the bits that the byte leaves open.
///
///     value < 128     token = value
///     else            with 2^e <= value < 2^(e+1): token = 128 + 2(e - 7) + the bit below the highest; e - 1 bits follow
///
/// Tokens are skewed and go through zstd; the bits below are as good as random and stay outside, so that they neither cost
/// more than they are nor blur the statistics of the tokens. Every number has one spelling.
enum Token {
    static let direct: UInt64 = 128
    static let count = 128 + 2 * 57

    @inline(__always)
    static func of(_ value: UInt64) -> UInt8 {
        guard value >= direct else { return UInt8(truncatingIfNeeded: value) }
        let exponent = 63 - value.leadingZeroBitCount
        let next = value >> UInt64(exponent - 1) & 1
        return UInt8(truncatingIfNeeded: 128 + 2 * (exponent - 7) + Int(next))
    }

    /// How many bits follow a token.
    @inline(__always)
    static func bits(after token: UInt8) -> Int {
        token < 128 ? 0 : (Int(token) - 128) / 2 + 6
    }
}

/// Appends bits, lowest first, to bytes that fill from their lowest bit.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var pendingCount: UInt64 = 0

    /// - Parameter count: at most 62; the value's other bits are not looked at.
    @inline(__always)
    mutating func write(_ value: UInt64, count: Int) {
        guard count <= 32 else {
            write(value, count: 32)
            return write(value >> 32, count: count - 32)
        }
        pending |= (value & (1 << UInt64(count) - 1)) << pendingCount
        pendingCount += UInt64(count)
        while pendingCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
    }

    /// Fills the last byte with zeros.
    mutating func finish() {
        if pendingCount > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
        (pending, pendingCount) = (0, 0)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        (pending, pendingCount) = (0, 0)
    }
}

/// Reads what `BitWriter` wrote.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var pending: UInt64 = 0
    private var pendingCount: UInt64 = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// - Parameter count: at most 62.
    /// - Returns: nil if fewer bits are left.
    @inline(__always)
    mutating func read(count: Int) -> UInt64? {
        guard count <= 32 else {
            guard let low = read(count: 32), let high = read(count: count - 32) else { return nil }
            return low | high << 32
        }
        while pendingCount < UInt64(count) {
            guard offset < bytes.count else { return nil }
            pending |= UInt64(bytes[offset]) << pendingCount
            offset &+= 1
            pendingCount &+= 8
        }
        let value = pending & (1 << UInt64(count) &- 1)
        pending >>= UInt64(count)
        pendingCount &-= UInt64(count)
        return value
    }

    /// Whether all was read but the zeros that fill the last byte.
    var isAtEnd: Bool { offset == bytes.count && pendingCount < 8 && pending == 0 }
}
