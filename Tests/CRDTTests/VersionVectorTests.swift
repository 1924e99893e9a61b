import CRDT
import Testing

@Suite(.tags(.sanitized)) struct VersionVectorTests {
    @Test func `a vector agrees with a dictionary`() {
        SeededRandom.forEachSeed(500) { random in
            let (one, two) = (Self.entries(&random), Self.entries(&random))
            let (left, right) = (Self.vector(one), Self.vector(two))
            let origins = Set(one.keys).union(two.keys)
            let joined = one.merging(two, uniquingKeysWith: max)
            try expectEqual(left.joined(with: right), Self.vector(joined), "join")
            try expectEqual(right.joined(with: left), Self.vector(joined), "join, the other way")
            let met = one.filter { two[$0.key] != nil }.merging(two) { min($0, $1) }.filter { one[$0.key] != nil }
            try expectEqual(left.met(with: right), Self.vector(met), "meet")
            let isBelow = origins.allSatisfy { one[$0, default: 0] <= two[$0, default: 0] }
            let isAbove = origins.allSatisfy { one[$0, default: 0] >= two[$0, default: 0] }
            let order: CausalOrder = isBelow ? (isAbove ? .equal : .before) : (isAbove ? .after : .concurrent)
            try expectEqual(left.order(comparedTo: right), order, "order")
            try expectEqual(left.covers(right), isAbove, "cover")
            for origin in origins {
                let sequence = one[origin, default: 0]
                try expectEqual(left.sequence(of: Origin(rawValue: origin)), sequence, "sequence")
                let next = Dot(origin: Origin(rawValue: origin), sequence: sequence + 1)
                try expectEqual(left.covers(next), false, "cover of the next dot")
            }
        }
    }

    @Test func `an entry never goes back and never is zero`() {
        var vector = VersionVector()
        vector.advance(Origin(rawValue: 1), to: 0)
        #expect(vector.isEmpty)
        vector.advance(Origin(rawValue: 1), to: 5)
        vector.advance(Origin(rawValue: 1), to: 3)
        #expect(vector.sequence(of: Origin(rawValue: 1)) == 5)
        vector.remove(Origin(rawValue: 1))
        #expect(vector.isEmpty)
    }

    @Test func `a vector reads back, and cut or changed it is refused or canonical`() {
        SeededRandom.forEachSeed(200) { random in
            let vector = Self.vector(Self.entries(&random))
            let bytes = Self.bytes(vector)
            try expectEqual(try Self.decode(bytes), vector, "vector")
            for length in 0..<bytes.count {
                guard (try? Self.decode(Array(bytes[..<length]))) == nil else { throw Mismatch("cut at \(length)") }
            }
            for bit in 0..<(8 * bytes.count) {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << (bit % 8)
                if let other = try? Self.decode(flipped) { try expectEqual(Self.bytes(other), flipped, "flipped") }
            }
        }
    }

    @Test func `origins out of order, twice or at zero are refused`() {
        let (one, two): ([UInt8], [UInt8]) = ([0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 2])
        #expect(throws: CodecError.notCanonical(offset: 19)) { try Self.decode([2] + two + [1] + one + [1]) }
        #expect(throws: CodecError.notCanonical(offset: 19)) { try Self.decode([2] + one + [1] + one + [2]) }
        #expect(throws: CodecError.notCanonical(offset: 10)) { try Self.decode([1] + one + [0]) }
        #expect(throws: CodecError.oversized(9, limit: 8, offset: 0)) { try Self.decode([9]) }
        #expect(throws: CodecError.trailing(offset: 1)) { try Self.decode([0, 0]) }
    }

    private static func entries(_ random: inout SeededRandom) -> [UInt64: UInt64] {
        var entries: [UInt64: UInt64] = [:]
        for _ in 0..<random.below(8) {
            entries[random.pick([1, 2, 3, 1 << 40, .max])] = 1 + (random.chance(80) ? random.next() & 3 : random.next() >> 1)
        }
        return entries
    }

    private static func vector(_ entries: [UInt64: UInt64]) -> VersionVector {
        VersionVector(entries.map { .init(origin: Origin(rawValue: $0.key), sequence: $0.value) })
    }

    private static func bytes(_ vector: VersionVector) -> [UInt8] {
        var writer = ByteWriter()
        vector.encode(into: &writer)
        return writer.bytes
    }

    private static func decode(_ bytes: [UInt8]) throws(CodecError) -> VersionVector {
        try read(bytes) { reader throws(CodecError) in try VersionVector(decoding: &reader, limit: 8) }
    }
}
