internal import CRDT
internal import Replica
internal import Sync

/// Tries a delta's header and its pieces, then joins what was accepted.
///
///     input    byte: what to do with the deltas (`Use`), then parts
///     part     byte 1: a header, which begins a delta
///              byte 2: a piece without its checksum, which is made to fit
///              byte 3: a piece as it is
enum DeltaFuzz {
    /// What is done with deltas besides decoding them: joining takes a hundred times as long.
    struct Use: OptionSet {
        let rawValue: UInt8
        static let join = Use(rawValue: 1)
        /// After joining, the same by staging, in another replica.
        static let stage = Use(rawValue: 2)
        /// After joining, a start from what is on the disk.
        static let restart = Use(rawValue: 4)
        /// After joining, all of it to another replica.
        static let passOn = Use(rawValue: 8)

        static let all: Use = [.join, .stage, .restart, .passOn]
    }

    enum Kind {
        static let header: UInt8 = 1
        static let piece: UInt8 = 2
        static let sealedPiece: UInt8 = 3
    }

    static func check(_ input: [UInt8]) throws {
        guard let first = input.first else { return }
        var deltas: [Delta] = []
        var decoder: PieceDecoder?
        for part in InputParts.split(input.dropFirst()) {
            let content = Array(part.dropFirst())
            switch part.first {
            case Kind.header:
                guard let header = try header(content) else { continue }
                decoder = try PieceDecoder(header)
                deltas.append(Delta(header: header, records: []))
            case Kind.piece, Kind.sealedPiece:
                guard let decoder, let header = deltas.last?.header else { continue }
                let piece = part.first == Kind.piece ? SealedPiece.seal(content, by: decoder) : content
                guard let records = try records(of: piece, decoder, header) else { continue }
                // That keys ascend from piece to piece is for the caller to see.
                guard let key = records.first?.key, deltas[deltas.count - 1].records.last.map({ $0.key < key }) ?? true
                else { continue }
                deltas[deltas.count - 1].records += records
            default: continue
            }
        }
        let use = Use(rawValue: first)
        if use.contains(.join), !deltas.isEmpty { try ReplicaFuzz.check(deltas, use) }
    }

    static func header(_ bytes: [UInt8]) throws -> DeltaHeader? {
        try decodedCanonically("a header", bytes) { reader throws(CodecError) in
            try DeltaHeader(decoding: &reader)
        } _: {
            $0.encode(into: &$1)
        }
    }

    /// - Returns: nil if the piece is refused.
    private static func records(
        of piece: [UInt8], _ decoder: PieceDecoder, _ header: DeltaHeader
    ) throws -> [DeltaRecord]? {
        let records: [DeltaRecord]
        do throws(PieceError) {
            records = try decoder.decode(piece)
        } catch {
            return nil
        }
        for record in records {
            let cells = try record.cells()
            try Violation.unless(
                cells.allSatisfy { header.cut.vector.covers($0.dot) }, "dots lie under the cut", "\(record.key): \(cells)")
            let again = try DeltaRecord(key: record.key, cells: cells)
            try Violation.unless(again == record, "a record's cells make the record", "\(record.key): \(cells)")
        }
        // Small pieces are tried for a few records only: each costs a compression.
        for target in records.count < 20 ? [PieceLimits.cellTarget, 3] : [PieceLimits.cellTarget] {
            guard let pieces = try pieces(of: records, header, cellTarget: target) else { continue }
            let back = try pieces.flatMap { try decoder.decode($0) }
            try Violation.unless(back == records, "what decodes can be encoded, and comes back", "\(records), \(back)")
        }
        return records
    }

    /// - Returns: nil for a record that takes more of a piece than it may if its texts are counted as an encoder does.
    static func pieces(of records: [DeltaRecord], _ header: DeltaHeader, cellTarget: Int) throws -> [[UInt8]]? {
        let encoder = try PieceEncoder(header)
        var pieces: [[UInt8]] = []
        var next = 0
        while next < records.count {
            guard let piece = try piece(of: records, from: next, encoder, cellTarget) else { return nil }
            pieces.append(piece.bytes)
            next = piece.next
        }
        return pieces
    }

    private static func piece(
        of records: [DeltaRecord], from start: Int, _ encoder: PieceEncoder, _ cellTarget: Int
    ) throws(PieceError) -> (bytes: [UInt8], next: Int)? {
        do throws(PieceError) {
            return try encoder.encode(records, from: start, cellTarget: cellTarget)
        } catch {
            if case .recordTooLarge = error { return nil }
            throw error
        }
    }
}
