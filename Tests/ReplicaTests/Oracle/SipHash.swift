import CRDT
import Replica

/// SipHash-2-4 with 128 bits, after its reference (Aumasson and Bernstein, 2012), so that digests are not checked with the
/// code that made them.
struct SipHash {
    private var v0, v1, v2, v3: UInt64

    static func hash(_ bytes: [UInt8], key: [UInt8]) -> Hash128 {
        var hash = SipHash(key: key)
        let full = bytes.count / 8 * 8
        for start in stride(from: 0, to: full, by: 8) { hash.absorb(word(bytes[start..<start + 8])) }
        hash.absorb(word(bytes[full...]) | UInt64(bytes.count & 0xFF) << 56)
        hash.v2 ^= 0xEE
        let first = hash.squeeze()
        hash.v1 ^= 0xDD
        let second = hash.squeeze()
        return Hash128(high: first.byteSwapped, low: second.byteSwapped)
    }

    private init(key: [UInt8]) {
        let (k0, k1) = (Self.word(key[..<8]), Self.word(key[8...]))
        (v0, v1) = (k0 ^ 0x736f_6d65_7073_6575, k1 ^ 0x646f_7261_6e64_6f6d ^ 0xEE)
        (v2, v3) = (k0 ^ 0x6c79_6765_6e65_7261, k1 ^ 0x7465_6462_7974_6573)
    }

    /// Little end first, as the reference reads.
    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    private mutating func squeeze() -> UInt64 {
        for _ in 0..<4 { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
        func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
        v0 &+= v1
        v1 = rotated(v1, 13) ^ v0
        v0 = rotated(v0, 32)
        v2 &+= v3
        v3 = rotated(v3, 16) ^ v2
        v0 &+= v3
        v3 = rotated(v3, 21) ^ v0
        v2 &+= v1
        v1 = rotated(v1, 17) ^ v2
        v2 = rotated(v2, 32)
    }
}

extension Replica {
    /// A scope's digest, summed anew over all of its records.
    func recomputedDigest(of scope: Scope, key digestKey: [UInt8]) throws -> Hash128 {
        var (high, low) = (UInt64(0), UInt64(0))
        for key in try keys(of: scope) {
            var name = ByteWriter()
            key.encode(into: &name)
            let live = try record(key).cells.filter { !$0.isMark }
            for dot in Set(live.map(\.dot)) {
                guard let stamp = live.first(where: { $0.dot == dot })?.stamp else { continue }
                var writer = ByteWriter()
                writer.write(counted: name.bytes)
                writer.write(fixed64: dot.origin.rawValue)
                writer.write(fixed64: dot.sequence)
                writer.write(fixed64: stamp.rawValue)
                CellGroup.encode(live, of: dot, into: &writer)
                let hash = SipHash.hash(writer.bytes, key: digestKey)
                let (sum, carries) = low.addingReportingOverflow(hash.low)
                low = sum
                high = high &+ hash.high &+ (carries ? 1 : 0)
            }
        }
        return Hash128(high: high, low: low)
    }
}
