import CRDT
import Replica
import Simulation
import Sync
import Testing

/// Bytes that nobody vouches for: refused with a typed error, or understood as what they were.
@Suite struct PieceDamageTests {
    /// Decodes; whatever is not a `PieceError` fails the test.
    private func decode(_ piece: [UInt8], _ decoder: PieceDecoder) -> [DeltaRecord]? {
        do throws(PieceError) {
            return try decoder.decode(piece)
        } catch {
            return nil
        }
    }

    /// What was accepted obeys the rules so far that it can be encoded, and comes back.
    private func expectWellFormed(_ records: [DeltaRecord], _ header: DeltaHeader, seed: UInt64) throws {
        let delta = Delta(header: header, records: records)
        #expect(try header.records(of: try delta.pieces()) == records, "seed \(seed)")
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `every truncation of a piece is refused`(seed: UInt64) throws {
        var random = RandomDelta(seed: seed)
        let delta = try random.delta(records: 4)
        let decoder = try PieceDecoder(delta.header)
        for piece in try delta.pieces() {
            for count in piece.indices { #expect(decode(Array(piece[..<count]), decoder) == nil, "seed \(seed)") }
            #expect(decode(piece + [0], decoder) == nil)
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `every flipped bit of a piece is refused or changes nothing`(seed: UInt64) throws {
        var random = RandomDelta(seed: seed)
        let delta = try random.delta(records: 4)
        let decoder = try PieceDecoder(delta.header)
        for piece in try delta.pieces() {
            for bit in 0..<piece.count * 8 {
                var damaged = piece
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                if let records = decode(damaged, decoder) { #expect(records == delta.records, "seed \(seed)") }
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `damage under a checksum that fits is refused or gives records that obey the rules`(seed: UInt64) throws {
        var random = RandomDelta(seed: seed)
        let delta = try random.delta(records: 3, cells: 4)
        let decoder = try PieceDecoder(delta.header)
        for piece in try delta.pieces() where piece[0] == 0x10 {
            for bit in 40..<piece.count * 8 {
                var damaged = piece
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                guard let records = decode(delta.header.resealed(damaged), decoder) else { continue }
                try expectWellFormed(records, delta.header, seed: seed)
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `bytes exchanged under a checksum that fits are refused or give records that obey the rules`(
        seed: UInt64
    ) throws {
        var random = RandomDelta(seed: seed &+ 1000)
        let delta = try random.delta(records: 40, cells: 3)
        let decoder = try PieceDecoder(delta.header)
        for piece in try delta.pieces(cellTarget: 8) where piece[0] == 0x10 {
            for _ in 0..<60 {
                var damaged = piece
                for _ in 0..<random.number(below: 4) + 1 {
                    damaged[random.number(below: piece.count - 5) + 5] = UInt8(random.number(below: 256))
                }
                guard let records = decode(delta.header.resealed(damaged), decoder) else { continue }
                try expectWellFormed(records, delta.header, seed: seed)
            }
        }
    }

    @Test func `a hundred thousand random inputs are refused or give records that obey the rules`() throws {
        let seed: UInt64 = 11
        var random = SeededRandom(seed: seed)
        var maker = RandomDelta(seed: seed)
        let header = try maker.delta(records: 1).header
        let decoder = try PieceDecoder(header)
        for index in 0..<100_000 {
            let mask: UInt8 = index % 3 == 0 ? 0xFF : index % 3 == 1 ? 0x07 : 0x1F
            let bytes = (0..<Int(random.next() % 60)).map { _ in UInt8(truncatingIfNeeded: random.next()) & mask }
            _ = decode(bytes, decoder)
            guard let records = decode(header.forgedPiece(tokens: bytes), decoder) else { continue }
            try expectWellFormed(records, header, seed: seed)
        }
    }

    @Test func `a piece does not decode under another delta's header`() throws {
        var random = RandomDelta(seed: 3)
        let (first, second) = (try random.delta(records: 3), try random.delta(records: 3))
        let piece = try #require(try first.pieces().first)
        #expect(throws: PieceError.self) { try PieceDecoder(second.header).decode(piece) }
    }
}
