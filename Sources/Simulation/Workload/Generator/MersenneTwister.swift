/// The MT19937 generator, seeded and drawn from as CPython's `random.Random(seed).random()`.
///
/// Makoto Matsumoto and Takuji Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
/// generator", ACM TOMACS 8(1), 1998, with the initialization by array of 2002. For workloads only, never for secrets.
public struct MersenneTwister: Sendable {
    private static let size = 624
    private static let shift = 397

    private var words: [UInt32]
    private var index = size

    /// The seed is split into 32-bit words, the lowest first, without leading zero words.
    public init(seed: UInt64) {
        let low = UInt32(truncatingIfNeeded: seed)
        let high = UInt32(truncatingIfNeeded: seed >> 32)
        self.init(key: high == 0 ? [low] : [low, high])
    }

    /// Initializes by array; `key` must not be empty.
    public init(key: [UInt32]) {
        precondition(!key.isEmpty, "a Mersenne Twister needs a key")
        words = MersenneTwister.words(seed: 19_650_218)
        let size = MersenneTwister.size
        var i = 1
        var j = 0
        for _ in 0..<max(size, key.count) {
            words[i] = (words[i] ^ (previous(of: i) &* 1_664_525)) &+ key[j] &+ UInt32(j)
            advance(&i)
            j = j + 1 == key.count ? 0 : j + 1
        }
        for _ in 0..<size - 1 {
            words[i] = (words[i] ^ (previous(of: i) &* 1_566_083_941)) &- UInt32(i)
            advance(&i)
        }
        words[0] = 0x8000_0000
    }

    /// The next 32 bits.
    public mutating func next() -> UInt32 {
        if index == MersenneTwister.size { refill() }
        var word = words[index]
        index += 1
        word ^= word >> 11
        word ^= word << 7 & 0x9D2C_5680
        word ^= word << 15 & 0xEFC6_0000
        return word ^ word >> 18
    }

    /// The next number of 0..<1, a multiple of 2 to the power of -53.
    public mutating func unit() -> Double {
        let high = Double(next() >> 5)
        let low = Double(next() >> 6)
        return (high * 67_108_864 + low) / 9_007_199_254_740_992
    }

    private static func words(seed: UInt32) -> [UInt32] {
        var words = [seed]
        for i in 1..<size {
            let last = words[i - 1]
            words.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(i))
        }
        return words
    }

    private func previous(of i: Int) -> UInt32 { words[i - 1] ^ words[i - 1] >> 30 }

    private mutating func advance(_ i: inout Int) {
        i += 1
        if i == MersenneTwister.size {
            words[0] = words[i - 1]
            i = 1
        }
    }

    private mutating func refill() {
        let size = MersenneTwister.size
        for i in 0..<size {
            let mixed = words[i] & 0x8000_0000 | words[(i + 1) % size] & 0x7FFF_FFFF
            let twist: UInt32 = mixed & 1 == 0 ? 0 : 0x9908_B0DF
            words[i] = words[(i + MersenneTwister.shift) % size] ^ mixed >> 1 ^ twist
        }
        index = 0
    }
}
