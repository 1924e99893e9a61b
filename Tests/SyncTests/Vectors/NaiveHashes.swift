/// SHA-256 and SipHash as their standards state them, so that the vectors' hashes do not rest on one library.
enum NaiveHashes {
    /// FIPS 180-4.
    static func sha256(_ message: [UInt8]) -> [UInt8] {
        let primes = primes(64)
        let constants = primes.map { fraction(of: Double($0), root: 3) }
        var state = primes.prefix(8).map { fraction(of: Double($0), root: 2) }
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        padded += (0..<8).map { UInt8(truncatingIfNeeded: (UInt64(message.count) * 8) >> (56 - 8 * $0)) }
        for block in stride(from: 0, to: padded.count, by: 64) {
            var words = (0..<16).map { word in
                (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + 4 * word + $1]) }
            }
            for index in 16..<64 {
                let (early, late) = (words[index - 15], words[index - 2])
                let first = right(early, 7) ^ right(early, 18) ^ early >> 3
                let second = right(late, 17) ^ right(late, 19) ^ late >> 10
                words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
            }
            var v = state
            for index in 0..<64 {
                let sum = right(v[4], 6) ^ right(v[4], 11) ^ right(v[4], 25)
                let choice = v[4] & v[5] ^ ~v[4] & v[6]
                let first = v[7] &+ sum &+ choice &+ constants[index] &+ words[index]
                let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
                let second = (right(v[0], 2) ^ right(v[0], 13) ^ right(v[0], 22)) &+ majority
                v = [first &+ second, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
            }
            for index in 0..<8 { state[index] &+= v[index] }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
    }

    /// SipHash-2-4 with 128 bits (Aumasson and Bernstein, 2012, and its reference code).
    static func sipHash128(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        let (low, high) = (word(key[..<8]), word(key[8...]))
        var v: [UInt64] = [
            low ^ 0x736f_6d65_7073_6575, high ^ 0x646f_7261_6e64_6f6d ^ 0xEE, low ^ 0x6c79_6765_6e65_7261,
            high ^ 0x7465_6462_7974_6573,
        ]
        func rounds(_ count: Int) {
            for _ in 0..<count {
                for (first, second, left, other) in [(0, 1, 13, 32), (2, 3, 16, 0), (0, 3, 21, 0), (2, 1, 17, 32)] {
                    v[first] &+= v[second]
                    v[second] = left64(v[second], left) ^ v[first]
                    v[first] = left64(v[first], other)
                }
            }
        }
        let whole = message.count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            let block = word(message[start..<start + 8])
            v[3] ^= block
            rounds(2)
            v[0] ^= block
        }
        let last = word(message[whole...]) | UInt64(message.count & 0xFF) << 56
        v[3] ^= last
        rounds(2)
        v[0] ^= last
        v[2] ^= 0xEE
        rounds(4)
        var result = [v[0] ^ v[1] ^ v[2] ^ v[3]]
        v[1] ^= 0xDD
        rounds(4)
        result.append(v[0] ^ v[1] ^ v[2] ^ v[3])
        return result.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    private static func right(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
    private static func left64(_ word: UInt64, _ count: Int) -> UInt64 {
        count == 0 ? word : word << UInt64(count) | word >> UInt64(64 - count)
    }

    private static func primes(_ count: Int) -> [UInt64] {
        var primes: [UInt64] = []
        var candidate: UInt64 = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }

    /// The first 32 bits behind the point of a number's second or third root.
    private static func fraction(of number: Double, root: Int) -> UInt32 {
        var (low, high) = (0.0, number)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if (root == 2 ? middle * middle : middle * middle * middle) <= number { low = middle } else { high = middle }
        }
        return UInt32((low - low.rounded(.down)) * 4_294_967_296)
    }
}
