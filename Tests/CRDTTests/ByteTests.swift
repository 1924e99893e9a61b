import CRDT
import Testing

@Suite struct ByteTests {
    private static let boundaries: [UInt64] = {
        let powers = (0..<64).map { bit -> UInt64 in 1 << UInt64(bit) }
        return powers.flatMap { [$0 - 1, $0, $0 + 1] } + [.max - 1, .max]
    }()

    @Test(.tags(.sanitized)) func `varints read back, in the bytes that their size needs`() throws {
        for value in Self.boundaries {
            let bytes = Self.varint(value)
            let bits = 64 - value.leadingZeroBitCount
            #expect(bytes.count == (bits > 56 ? 9 : max(1, (bits + 6) / 7)))
            #expect(try read(bytes) { reader throws(CodecError) in try reader.readVarint() } == value)
            for length in 0..<bytes.count {
                #expect(throws: CodecError.truncated(offset: 0)) {
                    try read(Array(bytes[..<length])) { reader throws(CodecError) in try reader.readVarint() }
                }
            }
        }
    }

    @Test(.tags(.sanitized)) func `varints sort like their numbers`() {
        let sorted = Self.boundaries.sorted()
        for (lower, higher) in zip(sorted, sorted.dropFirst()) where lower < higher {
            #expect(Self.varint(lower).lexicographicallyPrecedes(Self.varint(higher)))
        }
    }

    @Test(.tags(.sanitized)) func `a varint in more bytes than it needs is refused`() {
        for following in 1...8 {
            let lead = UInt8(truncatingIfNeeded: 0xFF00 >> following)
            var longest = [lead] + Array(repeating: UInt8(0), count: following)
            expectNotCanonical(longest)
            let bits = 7 * following
            for index in 0..<following where bits > 8 * (following - 1 - index) {
                longest[index + 1] = 0xFF >> UInt8(max(0, 8 * (following - index) - bits))
            }
            if following < 8 { expectNotCanonical(longest) }
        }
    }

    @Test(.optimized) func `every spelling of one to three bytes is refused or canonical`() throws {
        for number in 0..<(1 << 24) where number % 5 == 0 || number < 1 << 16 {
            let bytes = [UInt8(number & 0xFF), UInt8(number >> 8 & 0xFF), UInt8(number >> 16)]
            try bytes.withUnsafeBytes { raw in
                var reader = ByteReader(raw)
                guard let value = try? reader.readVarint() else { return }
                var writer = ByteWriter()
                writer.write(varint: value)
                if !writer.bytes.elementsEqual(raw[..<reader.offset]) { throw Mismatch("second spelling of \(value)") }
            }
        }
    }

    @Test(.tags(.sanitized)) func `signed numbers of every size read back`() throws {
        for value in Self.boundaries.flatMap({ [Int64(bitPattern: $0), 0 &- Int64(bitPattern: $0)] }) {
            var writer = ByteWriter()
            writer.write(zigzag: value)
            #expect(try read(writer.bytes) { reader throws(CodecError) in try reader.readZigzag() } == value)
        }
    }

    @Test(.tags(.sanitized)) func `numbers of fixed size read back and sort`() throws {
        for value in Self.boundaries {
            var writer = ByteWriter()
            writer.write(fixed64: value)
            writer.write(fixed32: UInt32(truncatingIfNeeded: value))
            #expect(writer.bytes.count == 12)
            let pair = try read(writer.bytes) { reader throws(CodecError) in
                [try reader.readFixed64(), UInt64(try reader.readFixed32())]
            }
            #expect(pair == [value, value & 0xFFFF_FFFF])
        }
    }

    @Test(.tags(.sanitized)) func `a length beyond its limit or beyond the bytes is refused before anything is kept`() {
        #expect(throws: CodecError.oversized(.max, limit: 10, offset: 0)) {
            try read(Self.varint(.max)) { reader throws(CodecError) in try reader.readCounted(limit: 10).count }
        }
        #expect(throws: CodecError.truncated(offset: 1)) {
            try read([3, 0, 0]) { reader throws(CodecError) in try reader.readCounted(limit: 10).count }
        }
        #expect(throws: CodecError.notText(offset: 0)) {
            try read([2, 0xC3, 0x28]) { reader throws(CodecError) in try reader.readText(limit: 10) }
        }
        #expect(throws: CodecError.trailing(offset: 1)) {
            try read([3, 0]) { reader throws(CodecError) in try reader.readByte() }
        }
    }

    private func expectNotCanonical(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(throws: CodecError.notCanonical(offset: 0), sourceLocation: sourceLocation) {
            try read(bytes) { reader throws(CodecError) in try reader.readVarint() }
        }
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(varint: value)
        return writer.bytes
    }
}

/// Reads one thing that takes all bytes.
func read<Thing>(
    _ bytes: [UInt8], _ body: (inout ByteReader) throws(CodecError) -> Thing
) throws(CodecError) -> Thing {
    let result = bytes.withUnsafeBytes { raw in
        Result { () throws(CodecError) in
            var reader = ByteReader(raw)
            let thing = try body(&reader)
            try reader.expectEnd()
            return thing
        }
    }
    return try result.get()
}
