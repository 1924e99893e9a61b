import CRDT
import Replica
import Sync
import Testing

/// Small inputs that claim to be large.
@Suite struct PieceLimitTests {
    private let header: DeltaHeader

    init() {
        let cut = Cut([(Origin(member: 0, incarnation: 1), ChainPoint(sequence: .max, hash: .zero))])
        header = DeltaHeader(scope: .chain, base: Cut(), cut: cut, horizon: VersionVector(), runs: [])
    }

    /// A zstd frame of blocks that repeat one byte 131,072 times each.
    private func bomb(blocks: Int) -> [UInt8] {
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58]
        for block in 1...blocks {
            let head = 0x20000 << 3 | 1 << 1 | (block == blocks ? 1 : 0)
            frame += [UInt8(head & 0xFF), UInt8(head >> 8 & 0xFF), UInt8(head >> 16), 0]
        }
        return frame
    }

    private func piece(claiming count: UInt64, _ frame: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(byte: 0x11)
        writer.write(fixed32: 0)
        writer.write(varint: count)
        writer.write(counted: frame)
        return writer.bytes
    }

    private func error(_ piece: [UInt8]) throws -> PieceError? {
        do throws(PieceError) {
            _ = try PieceDecoder(header).decode(piece)
        } catch {
            return error
        }
        return nil
    }

    @Test func `a frame that unpacks to more than it claims is refused`() throws {
        guard case .compression? = try error(piece(claiming: 1000, bomb(blocks: 10_000))) else {
            Issue.record("a bomb was unpacked")
            return
        }
    }

    @Test func `a frame that unpacks to less than it claims is refused`() throws {
        guard case .compression? = try error(piece(claiming: 200_000, bomb(blocks: 1))) else {
            Issue.record("a short frame was accepted")
            return
        }
    }

    @Test func `a frame that claims more than a piece may hold is refused before it is unpacked`() throws {
        let claim = UInt64(PieceLimits.tokenBytes) + 1
        let expected = PieceError.frame(.oversized(claim, limit: UInt64(PieceLimits.tokenBytes), offset: 5))
        #expect(try error(piece(claiming: claim, bomb(blocks: 65))) == expected)
        #expect(try error(piece(claiming: .max, [])) != nil)
    }

    @Test func `a frame as large as it claims is held to its checksum`() throws {
        guard case .checksum? = try error(piece(claiming: 64 << 17, bomb(blocks: 64))) else {
            Issue.record("a checksum was not looked at")
            return
        }
    }

    @Test func `counts beyond the limits are refused`() throws {
        // Tokens 0xF1 announce 62 bits each.
        let bits = [UInt8](repeating: 0xFF, count: 64)
        for tokens in [[0xF1], [1, 0xF1], [1, 0, 0xF1], [1, 0, 1, 0x1B, 1, 1, 0xF1], [0xA0, 0xA0, 0xA0]] as [[UInt8]] {
            #expect(try error(header.forgedPiece(tokens: tokens, bits: bits)) != nil)
        }
    }

    /// Touch marks in a row: hardly any bytes each.
    private func marks(records count: Int) throws -> [DeltaRecord] {
        let dot = Dot(origin: Origin(member: 0, incarnation: 1), sequence: 1)
        let cells = (0..<UInt64(Limits.cellsPerRecord)).map { index in
            Cell(slot: SlotKey(field: 1, element: .index(index)), dot: dot, stamp: .none, content: .removed)
        }
        return try (1...UInt64(count)).map { number in
            let id = Identifier(number: number, digits: 6)
            return try DeltaRecord(key: RecordKey(scope: .chain, collection: 1, id: id), cells: cells)
        }
    }

    @Test func `few bytes stand for as many cells as a piece may hold, and not for more`() throws {
        let full = PieceLimits.cells / Limits.cellsPerRecord
        let records = try marks(records: full + 1)
        let piece = try PieceEncoder(header).encode(records, cellTarget: .max)
        #expect(piece.next == full)
        #expect(piece.bytes.count < 200)
        #expect(try PieceDecoder(header).decode(piece.bytes) == Array(records[..<full]))
        // Three such records, with each byte exchanged for others.
        let small = try PieceEncoder(header).encode(Array(records[..<3]))
        for index in 6..<small.bytes.count {
            for value in [0, 1, 2, 0x7F, 0x80, 0x95, 0xF1, 0xFF] as [UInt8] {
                var forged = small.bytes
                forged[index] = value
                _ = try error(header.resealed(forged))
            }
        }
    }

    @Test func `the first byte of a piece names its format`() throws {
        #expect(try error([0x12, 0, 0, 0, 0, 0]) == .unknownFormat(0x12))
        #expect(try error([]) == .frame(.truncated(offset: 0)))
    }
}
