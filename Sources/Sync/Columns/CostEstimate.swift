/// What a column of residuals will take, in 256ths of a bit, by the statistics of its tokens: what the encoder chooses by.
///
/// zstd spends a whole bit at least on a token that it does not copy, so a column that is nearly always the same is better
/// laid out sparse. Whole numbers only: the choice must be the same everywhere.
struct CostEstimate {
    private var counts = [UInt32](repeating: 0, count: Token.count)
    private var total: UInt64 = 0
    private var bitsBelow: UInt64 = 0

    @inline(__always)
    mutating func add(_ value: UInt64) {
        let token = Token.of(value)
        counts[Int(token)] &+= 1
        total &+= 1
        bitsBelow &+= UInt64(Token.bits(after: token))
    }

    /// What a token of each kind costs to announce.
    private static let tableCost: UInt64 = 6 << 8

    var cost: UInt64 {
        var cost: UInt64 = 0
        let totalLog = Self.log2(total)
        for count in counts where count > 0 {
            let count = UInt64(count)
            cost += count * max(256, totalLog - Self.log2(count)) + Self.tableCost
        }
        return min(cost, total << 11) + (bitsBelow << 8)
    }

    /// The commonest value below 128 and how often it came, the smallest such if there are several.
    var commonest: (value: UInt64, count: UInt64) {
        var best = 0
        for token in 1..<Int(Token.direct) where counts[token] > counts[best] { best = token }
        return (UInt64(best), UInt64(counts[best]))
    }

    /// The binary logarithm in 256ths, within 3 of them.
    static func log2(_ value: UInt64) -> UInt64 {
        guard value > 1 else { return 0 }
        let exponent = UInt64(63 - value.leadingZeroBitCount)
        let fraction = ((value << UInt64(value.leadingZeroBitCount)) >> 55) & 0xFF
        return (exponent << 8) + fraction + ((fraction * (256 - fraction) * 88) >> 16)
    }
}
