import CRDT
import Testing

@Suite(.tags(.sanitized)) struct IdentifierTests {
    private static let texts: [String] = [
        "0", "7", "0007", "12", "P01234", "P1234", "S000-0000123", "vip", "\u{e9}", "e\u{301}", "\u{e9}1", "1\u{e9}",
        "prefix!1", "prefixe1", "prefixes1", "12a34", "a1b2", "\0", "\u{0}1", "\u{7f}1", "-1", " 1", "\u{0663}",
        String(repeating: "9", count: 17), String(repeating: "9", count: 18), String(repeating: "9", count: 19),
        String(repeating: "0", count: 18), String(repeating: "0", count: 19), "a" + String(repeating: "9", count: 18),
        "a" + String(repeating: "9", count: 19), String(repeating: "x", count: 63) + "1", String(repeating: "x", count: 64),
    ]

    @Test func `an id gives back its text, byte for byte`() throws {
        for text in Self.texts {
            let id = try #require(Identifier(text))
            #expect(Array(id.description.utf8) == Array(text.utf8))
        }
    }

    @Test func `no text and text beyond 64 bytes are no ids`() {
        #expect(Identifier("") == nil)
        #expect(Identifier(String(repeating: "x", count: 65)) == nil)
        #expect(Identifier(String(repeating: "\u{e9}", count: 33)) == nil)
        #expect(Identifier(String(repeating: "\u{e9}", count: 32)) != nil)
    }

    @Test func `ids that differ by a zero or by a normal form differ`() throws {
        let ids = Set(Self.texts.compactMap { Identifier($0) })
        #expect(ids.count == Self.texts.count)
    }

    @Test func `plain numbers are read back`() {
        #expect(Identifier("0007")?.plainNumber == 7)
        #expect(Identifier("0007") == Identifier(number: 7, digits: 4))
        #expect(Identifier(String(repeating: "9", count: 18))?.plainNumber == 999_999_999_999_999_999)
        #expect(Identifier(String(repeating: "9", count: 19))?.plainNumber == nil)
        #expect(Identifier("P7")?.plainNumber == nil)
    }

    @Test func `the order of ids is the order of their bytes in a key`() throws {
        SeededRandom.forEachSeed(2) { random in
            let ids = Self.texts.compactMap { Identifier($0) } + (0..<100).map { _ in random.identifier() }
            for left in ids {
                for right in ids {
                    try expectEqual(
                        Self.key(left).lexicographicallyPrecedes(Self.key(right)), left < right, "\(left) before \(right)")
                    try expectEqual(Self.key(left) == Self.key(right), left == right, "\(left) and \(right)")
                }
            }
        }
    }

    @Test func `a key is read back, and cut or changed it is refused or another id's key`() {
        SeededRandom.forEachSeed(20) { random in
            let ids = Self.texts.compactMap { Identifier($0) } + [random.identifier()]
            for id in ids {
                let key = Self.key(id)
                try expectEqual(try Self.decode(key), id, "key")
                for length in 0..<key.count { try Self.checkRefusedOrCanonical(Array(key[..<length])) }
                for bit in 0..<(8 * key.count) {
                    var flipped = key
                    flipped[bit / 8] ^= 1 << (bit % 8)
                    try Self.checkRefusedOrCanonical(flipped)
                }
                var garbage = key
                random.mutate(&garbage, splicing: random.bytes(3))
                try Self.checkRefusedOrCanonical(garbage)
            }
        }
    }

    @Test func `second spellings of an id are refused`() {
        expect(.notCanonical(offset: 0), of: [6] + Array("P01234".utf8))
        expect(.notCanonical(offset: 0), of: [6])
        expect(.notCanonical(offset: 0), of: [6] + Array(repeating: 0x78, count: 65))
        expect(.notText(offset: 0), of: [6, 0xFF])
        expect(.notCanonical(offset: 2), of: [8 + 18, 0x31, 1])
        expect(.notCanonical(offset: 2), of: [8 + 18, 0xE9, 1])
        expect(.outOfRange(offset: 0), of: [8, 10])
        expect(.unknownCode(152, offset: 0), of: [152, 1])
        expect(.unknownCode(5, offset: 0), of: [5, 0])
    }

    private func expect(_ error: CodecError, of key: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(throws: error, sourceLocation: sourceLocation) { try Self.decode(key) }
    }

    private static func checkRefusedOrCanonical(_ key: [UInt8]) throws {
        guard let id = try? decode(key) else { return }
        try expectEqual(Self.key(id), key, "second key of \(id)")
        try expectEqual(Identifier(id.description), id, "the text of \(id)")
    }

    private static func key(_ id: Identifier) -> [UInt8] {
        var writer = ByteWriter()
        id.encodeLast(into: &writer)
        return writer.bytes
    }

    private static func decode(_ key: [UInt8]) throws(CodecError) -> Identifier {
        try read(key) { reader throws(CodecError) in try Identifier(decodingLast: &reader) }
    }
}
