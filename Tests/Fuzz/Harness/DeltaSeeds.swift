internal import CRDT
internal import CZstd
internal import Replica
internal import Sync

extension DeltaFuzz {
    /// One input for every seed of `DeltaSeeds`: most are only decoded, so that most of the time goes into the codec.
    static func seeds() throws -> [(name: String, bytes: [UInt8])] {
        try DeltaSeeds.parts().map { name, parts in
            let use: Use =
                if name.hasPrefix("news") { .all } else if name.hasPrefix("specimen") { [.join, .passOn] } else { [] }
            return (name, [use.rawValue] + InputParts.join(parts))
        }
    }
}

extension DeltaFileFuzz {
    static func seeds() throws -> [(name: String, bytes: [UInt8])] {
        var seeds: [(name: String, bytes: [UInt8])] = []
        for (name, parts) in try DeltaSeeds.parts() {
            seeds.append(("parts-" + name, [Mode.parts] + InputParts.join(parts)))
            if name.hasPrefix("news") { seeds.append(("file-" + name, [Mode.file] + (try FileAssembly.file(of: parts)))) }
        }
        let deltas = try FuzzScene.shared.get().full
        for count in [0, 1, deltas.count] {
            let cuts = Dictionary(uniqueKeysWithValues: deltas.prefix(count).map { ($0.header.scope, $0.header.cut) })
            let file = CutsFile(chain: FuzzScene.chain, cuts: cuts)
            seeds.append(("cuts-\(count)", [Mode.cuts] + file.bytes.dropLast(4)))
        }
        return seeds
    }
}

/// Deltas as parts of an input, their pieces never compressed: another version of zstd gives the same seeds, and a mutation
/// meets the columns themselves.
enum DeltaSeeds {
    static func parts() throws -> [(name: String, parts: [[UInt8]])] {
        let scene = try FuzzScene.shared.get()
        var seeds = try scene.full.map { ("full-\($0.header.scope.rawValue)", try parts(of: $0)) }
        seeds += try scene.news.map { ("news-\($0.header.scope.rawValue)", try parts(of: $0)) }
        seeds.append(("news-all", try scene.news.flatMap { try parts(of: $0) }))
        seeds.append(("pieces", try scene.full.prefix(2).flatMap { try parts(of: $0, cellTarget: 8) }))
        for reach in [DeltaReach.namedSlots, .wholeState] {
            let delta = try specimen(reach)
            let name = reach == .wholeState ? "whole" : "named"
            seeds.append(("specimen-\(name)", try parts(of: delta)))
            seeds.append(("compressed-\(name)", try parts(of: delta).map(compressed)))
        }
        return seeds
    }

    private static func specimen(_ reach: DeltaReach) throws -> Delta {
        let scope = Scope(.books, of: 2)
        let cut = Cut(
            Specimen.vector.entries.map {
                (origin: $0.origin, point: ChainPoint(sequence: $0.sequence, hash: Hash128(high: 5, low: $0.sequence)))
            })
        let header = DeltaHeader(
            scope: scope, base: Cut(), cut: cut, horizon: VersionVector(), reach: reach,
            runs: Specimen.vector.entries.map { RunSpan(origin: $0.origin, from: 1, high: 3, low: $0.origin.rawValue) })
        let key = RecordKey(scope: scope, collection: 40, id: try id("vip"))
        // A value that is held must be known, and nobody holds the specimen.
        let cells = try Specimen.cells().filter { $0.content != .held }
        return Delta(header: header, records: [try DeltaRecord(key: key, cells: cells)])
    }

    private static func parts(of delta: Delta, cellTarget: Int = PieceLimits.cellTarget) throws -> [[UInt8]] {
        let pieces = try DeltaFuzz.pieces(of: delta.records, delta.header, cellTarget: cellTarget) ?? []
        let header = encoded { delta.header.encode(into: &$0) }
        return [[DeltaFuzz.Kind.header] + header] + pieces.map { [DeltaFuzz.Kind.piece] + SealedPiece.unsealed(plain($0)) }
    }

    private static let (plainForm, packedForm): (UInt8, UInt8) = (0x10, 0x11)

    /// The same piece without compression. The checksum is that of the unpacked columns, so it still fits.
    static func plain(_ piece: [UInt8]) -> [UInt8] {
        let rest = Array(piece.dropFirst(5))
        let frame = decoded(rest) { reader throws(CodecError) in
            let count = try reader.readCount(limit: PieceLimits.tokenBytes)
            let packed = Array(try reader.readCounted(limit: PieceLimits.pieceBytes))
            return (count, packed, bits: Array(try reader.readRaw(reader.remaining)))
        }
        guard piece.first == packedForm, let (count, packed, bits) = frame else { return piece }
        let tokens = [UInt8](unsafeUninitializedCapacity: count) { target, produced in
            produced = min(count, ZSTD_decompress(target.baseAddress, target.count, packed, packed.count))
        }
        return [plainForm] + piece[1..<5] + encoded { $0.write(counted: tokens) } + bits
    }

    /// A part with its piece in a zstd frame that compresses nothing: one raw block, the same under every version of zstd.
    private static func compressed(_ part: [UInt8]) -> [UInt8] {
        guard part.first == DeltaFuzz.Kind.piece else { return part }
        let frame = decoded(Array(part.dropFirst(2))) { reader throws(CodecError) in
            let tokens = Array(try reader.readCounted(limit: reader.remaining))
            return (tokens, bits: Array(try reader.readRaw(reader.remaining)))
        }
        guard let (tokens, bits) = frame else { return part }
        let block = 1 | tokens.count << 3
        let packed: [UInt8] =
            [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38] + (0..<3).map { UInt8(truncatingIfNeeded: block >> (8 * $0)) } + tokens
        return [DeltaFuzz.Kind.piece, packedForm]
            + encoded { writer in
                writer.write(varint: UInt64(tokens.count))
                writer.write(counted: packed)
                writer.write(raw: bits)
            }
    }
}
