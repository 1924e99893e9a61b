import CRDT
import Replica

/// SHA-256 after its standard (FIPS 180-4), so that hashes are not checked with the code that made them.
struct SHA256 {
    private var state = SHA256.roots(of: 8, power: 2)
    private static let constants = roots(of: 64, power: 3)

    /// The first half of the hash.
    static func half(_ bytes: [UInt8]) -> Hash128 {
        var hash = SHA256()
        var message = bytes + [0x80]
        while message.count % 64 != 56 { message.append(0) }
        withUnsafeBytes(of: UInt64(bytes.count * 8).bigEndian) { message += $0 }
        for start in stride(from: 0, to: message.count, by: 64) { hash.absorb(message[start..<start + 64]) }
        let words = hash.state.map { UInt64($0) }
        return Hash128(high: words[0] << 32 | words[1], low: words[2] << 32 | words[3])
    }

    /// What stands for a scope's cut and digest.
    static func summary(of scope: Scope, _ cut: Cut, _ digest: Hash128) -> Hash128 {
        var content = ByteWriter()
        content.write(varint: UInt64(scope.rawValue))
        cut.encode(into: &content)
        content.write(hash: digest)
        return half(content.bytes)
    }

    private mutating func absorb(_ block: ArraySlice<UInt8>) {
        var schedule = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
            block[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let first = Self.turned(early, 7) ^ Self.turned(early, 18) ^ early >> 3
            let second = Self.turned(late, 17) ^ Self.turned(late, 19) ^ late >> 10
            schedule.append(schedule[index - 16] &+ first &+ schedule[index - 7] &+ second)
        }
        var words = state
        for index in 0..<64 {
            let (a, e) = (words[0], words[4])
            let choice = e & words[5] ^ ~e & words[6]
            let majority = a & words[1] ^ a & words[2] ^ words[1] & words[2]
            let first =
                words[7] &+ (Self.turned(e, 6) ^ Self.turned(e, 11) ^ Self.turned(e, 25)) &+ choice
                &+ Self.constants[index] &+ schedule[index]
            let second = (Self.turned(a, 2) ^ Self.turned(a, 13) ^ Self.turned(a, 22)) &+ majority
            words = [first &+ second, a, words[1], words[2], words[3] &+ first, e, words[5], words[6]]
        }
        state = zip(state, words).map { $0 &+ $1 }
    }

    private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    /// The first 32 bits of the fractional parts of roots of the first primes.
    private static func roots(of count: Int, power: Int) -> [UInt32] {
        let primes = (2...311).filter { number in (2..<number).allSatisfy { number % $0 != 0 } }
        return primes.prefix(count).map { prime in
            // The largest whole number whose power is at most prime * 2^(32 * n): the root with 32 bits behind the point.
            var (low, high): (UInt64, UInt64) = (0, 1 << 37)
            while high - low > 1 {
                let middle = (low + high) / 2
                if isAtMost(middle, prime, power) { low = middle } else { high = middle }
            }
            return UInt32(truncatingIfNeeded: low)
        }
    }

    private static func isAtMost(_ root: UInt64, _ prime: Int, _ power: Int) -> Bool {
        var product = UInt128(root)
        for _ in 1..<power { product *= UInt128(root) }
        return product <= UInt128(prime) << (32 * power)
    }
}
