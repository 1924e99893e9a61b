import CRDT
import Replica
import Sync

extension Delta {
    /// Its records in pieces.
    func pieces(cellTarget: Int = PieceLimits.cellTarget) throws -> [[UInt8]] {
        let encoder = try PieceEncoder(header)
        var pieces: [[UInt8]] = []
        var next = 0
        while next < records.count {
            let piece = try encoder.encode(records, from: next, cellTarget: cellTarget)
            pieces.append(piece.bytes)
            next = piece.next
        }
        return pieces
    }
}

extension DeltaHeader {
    func records(of pieces: [[UInt8]]) throws -> [DeltaRecord] {
        let decoder = try PieceDecoder(self)
        return try pieces.flatMap { try decoder.decode($0) }
    }

    /// A piece of any columns under a checksum that fits: what someone with ill will would send.
    func forgedPiece(tokens: [UInt8], bits: [UInt8] = []) -> [UInt8] {
        var header = ByteWriter()
        encode(into: &header)
        var piece = ByteWriter()
        piece.write(byte: 0x10)
        piece.write(fixed32: CRC32.of(header.bytes + tokens + bits))
        piece.write(counted: tokens)
        piece.write(raw: bits)
        return piece.bytes
    }

    /// A piece whose checksum is made to fit again.
    func resealed(_ piece: [UInt8]) -> [UInt8] {
        piece.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            reader.offset = 5
            guard let tokens = try? reader.readCounted(limit: raw.count) else { return piece }
            return forgedPiece(tokens: Array(tokens), bits: Array(raw[reader.offset...]))
        }
    }
}

/// The checksum as its standard states it, bit by bit.
enum CRC32 {
    static func of(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = .max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}

extension [UInt8] {
    init(hex: String) {
        let digits = hex.compactMap(\.hexDigitValue)
        self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    var hex: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
