import CRDT
import Testing

@Suite struct CellGroupTests {
    private let version = Version.sample(milliseconds: 1_700_000_000_000)

    @Test(.tags(.sanitized)) func `any group of cells reads back as it was written`() {
        SeededRandom.forEachSeed(2000) { random in
            let version = Version.sample(milliseconds: random.pick([0, 1_700_000_000_000, .max]))
            let cells = random.group(at: version)
            try expectEqual(try CellGroup.cells(CellGroup.bytes(cells), at: version), cells, "group")
        }
    }

    @Test(.optimized) func `every truncation is refused or is a shorter group`() {
        SeededRandom.forEachSeed(1000) { random in
            let bytes = CellGroup.bytes(random.group(at: version))
            for length in 0..<bytes.count {
                try CellGroup.checkRefusedOrCanonical(Array(bytes[..<length]), at: version)
            }
        }
    }

    @Test(.optimized) func `every flipped bit is refused or is another canonical group`() {
        SeededRandom.forEachSeed(100) { random in
            let bytes = CellGroup.bytes(random.group(at: version))
            for bit in 0..<(8 * bytes.count) {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << (bit % 8)
                try CellGroup.checkRefusedOrCanonical(flipped, at: version)
            }
        }
    }

    @Test(.optimized) func `every byte put in place of another is refused or canonical`() {
        SeededRandom.forEachSeed(8) { random in
            let bytes = CellGroup.bytes(random.group(at: version, upTo: 6))
            for index in bytes.indices {
                var changed = bytes
                for byte in UInt8.min ... .max {
                    changed[index] = byte
                    try CellGroup.checkRefusedOrCanonical(changed, at: version)
                }
            }
        }
    }

    @Test(.optimized) func `garbage and spliced groups are refused or canonical`() {
        fuzz(200_000)
    }

    @Test(.tags(.sanitized)) func `garbage is refused or canonical in a quick run`() {
        fuzz(2000)
    }

    private func fuzz(_ count: Int) {
        SeededRandom.forEachSeed(count) { random in
            let version = Version.sample(milliseconds: random.pick([0, 1_700_000_000_000, .max]))
            let group = CellGroup.bytes(random.group(at: version, upTo: 4))
            var bytes = random.chance(20) ? random.bytes(random.below(24)) : group
            for _ in 0..<random.below(4) { random.mutate(&bytes, splicing: group) }
            try CellGroup.checkRefusedOrCanonical(bytes, at: version)
        }
    }

    @Test(.tags(.sanitized)) func `a step of a field that overflows is refused and does not trap`() {
        expect(.outOfRange(offset: 0), of: [0xE0, 0xFF] + Array(repeating: 0xFF, count: 8))
    }

    @Test(.tags(.sanitized)) func `the first field beyond the limit is refused and the last one within is not`() throws {
        let last = Cell(slot: SlotKey(field: Limits.field - 1), dot: version.dot, stamp: version.stamp, content: .removed)
        var writer = ByteWriter()
        writer.write(byte: 0xE0)
        writer.write(varint: UInt64(Limits.field) - 8)
        #expect(try CellGroup.cells(writer.bytes, at: version) == [last])
        expect(.outOfRange(offset: writer.count), of: writer.bytes + [0x20])
    }

    @Test(.tags(.sanitized)) func `an index that follows from the last one has no second spelling`() throws {
        #expect(try CellGroup.cells([0x21, 0x01], at: version).map(\.slot.element) == [.index(0), .index(1)])
        expect(.notCanonical(offset: 1), of: [0x22, 0])
        expect(.notCanonical(offset: 2), of: [0x21, 0x02, 1])
    }

    @Test(.tags(.sanitized)) func `no index follows the highest one`() {
        let highest: [UInt8] = [0x22] + Array(repeating: 0xFF, count: 9)
        expect(.notCanonical(offset: 10), of: highest + [0x01])
    }

    @Test(.tags(.sanitized)) func `slots out of order or twice are refused`() {
        expect(.notCanonical(offset: 1), of: [0x20, 0x00])
        expect(.notCanonical(offset: 2), of: [0x22, 5, 0x02, 4])
        expect(.notCanonical(offset: 2), of: [0x22, 5, 0x02, 5])
        expect(.notCanonical(offset: 2), of: [0x22, 5, 0x00])
    }

    @Test(.tags(.sanitized)) func `a shape that has a short code is not spelled out`() {
        for shape: [UInt8] in [[0], [1, 0], [2, 0, 0], [3, 0], [4, 0]] {
            expect(.notCanonical(offset: 1), of: [0x3C] + shape)
        }
    }

    @Test(.tags(.sanitized)) func `a shape that repeats is not stated again`() {
        expect(.notCanonical(offset: 3), of: [0x28, 2, 0x28, 4])
        expect(.notCanonical(offset: 4), of: [0x3C, 5, 0, 0x3C, 5, 0])
        expect(.notCanonical(offset: 2), of: [0x38, 0x38])
    }

    @Test(.tags(.sanitized)) func `the same shape as nothing is refused`() {
        expect(.unknownCode(1, offset: 1), of: [0x24])
        expect(.unknownCode(1, offset: 2), of: [0x20, 0x24])
    }

    @Test(.tags(.sanitized)) func `a tuple in a tuple and a tuple of too many are refused`() {
        expect(.unknownCode(7, offset: 3), of: [0x3C, 7, 1, 7, 0])
        expect(.oversized(17, limit: 16, offset: 2), of: [0x3C, 7, 17] + Array(repeating: 0, count: 17))
    }

    @Test(.tags(.sanitized)) func `more cells than a record may have are refused before they are kept`() {
        let limit = Limits.cellsPerRecord
        let most = [0x21] + Array(repeating: UInt8(0x01), count: limit - 1)
        #expect(throws: Never.self) { try CellGroup.cells(most, at: version) }
        expect(.oversized(UInt64(limit) + 1, limit: UInt64(limit), offset: limit), of: most + [0x01])
    }

    @Test(.tags(.sanitized)) func `a moment beyond the limits does not trap the writer and is refused by the reader`() {
        for (time, milliseconds) in [(Int64.min, Int64.max), (.max, 0), (.min, 0), (Limits.momentMagnitude + 1, 0)] {
            let version = Version.sample(milliseconds: milliseconds)
            let cell = Cell(
                slot: SlotKey(field: 1), dot: version.dot, stamp: version.stamp, content: .value(.moment(time)))
            #expect(throws: CodecError.outOfRange(offset: 1)) {
                try CellGroup.cells(CellGroup.bytes([cell]), at: version)
            }
        }
    }

    private func expect(_ error: CodecError, of bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(throws: error, sourceLocation: sourceLocation) { try CellGroup.cells(bytes, at: version) }
    }
}

extension SeededRandom {
    /// One small harm to some bytes.
    mutating func mutate(_ bytes: inout [UInt8], splicing other: [UInt8]) {
        let index = below(bytes.count + 1)
        switch below(6) {
        case 0 where index < bytes.count: bytes[index] ^= 1 << UInt8(below(8))
        case 1 where index < bytes.count: bytes[index] = UInt8(truncatingIfNeeded: next())
        case 2 where index < bytes.count: bytes.remove(at: index)
        case 3: bytes.insert(pick([0, 1, 7, 0x7F, 0x80, 0xE0, 0xFF]), at: index)
        case 4: bytes.insert(contentsOf: other, at: index)
        default: bytes.removeSubrange(index...)
        }
    }
}
