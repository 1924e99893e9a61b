internal import CRDT
internal import CZlib
internal import Replica
internal import Sync

/// Puts delta files together, and makes their checksums fit.
enum FileAssembly {
    private static let prologueBytes = 41
    private static let trailer: UInt8 = 3

    /// A file of blocks, each a kind and its content.
    static func file(of blocks: [[UInt8]]) throws -> [UInt8] {
        var bytes = try prologue()
        for block in blocks {
            guard let kind = block.first else { continue }
            // Where the piece's checksum goes; it is made to fit with the others.
            let content =
                kind == DeltaFuzz.Kind.piece && block.count > 1
                ? [block[1], 0, 0, 0, 0] + block.dropFirst(2) : Array(block.dropFirst())
            append(kind, content, to: &bytes)
        }
        if !blocks.contains(where: { $0.first == trailer }) {
            append(trailer, trailerContent(try counts(of: resealed(bytes))), to: &bytes)
        }
        return resealed(bytes)
    }

    private static func prologue() throws -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try DeltaFileWriter(
            DeltaFilePrologue(
                chain: FuzzScene.chain, created: HLC(milliseconds: FuzzScene.now), sender: Origin(member: 0, incarnation: 1))
        ) { bytes += $0 }
        return bytes
    }

    private static func append(_ kind: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes += encoded { writer in
            writer.write(byte: kind)
            writer.write(fixed32: UInt32(content.count))
            writer.write(raw: content)
            writer.write(fixed32: 0)
        }
    }

    /// What a file without its trailer holds.
    private static func counts(of bytes: [UInt8]) throws -> DeltaFileCounts {
        let reader = try DeltaFileReader(source: DeltaFileFuzz.source(bytes, chunk: .max), chain: FuzzScene.chain)
        do {
            while try reader.next() != nil {}
        } catch is DeltaFileError {}
        return reader.counts
    }

    private static func trailerContent(_ counts: DeltaFileCounts) -> [UInt8] {
        encoded { writer in
            for count in [counts.sections, counts.pieces, counts.records] { writer.write(varint: UInt64(count)) }
        }
    }

    /// A file with all checksums made to fit, as far as its blocks can be told apart.
    static func resealed(_ file: [UInt8]) -> [UInt8] {
        var file = file
        var sum: UInt32 = 0
        guard seal(0..<prologueBytes, of: &file, &sum) else { return file }
        var start = prologueBytes + 4
        var decoder: PieceDecoder?
        while file.count >= start + 5 {
            let length = file[start + 1..<start + 5].reduce(0) { $0 << 8 | Int($1) }
            let content = start + 5..<start + 5 + length
            guard content.upperBound <= file.count else { break }
            switch file[start] {
            case DeltaFuzz.Kind.header:
                let header = decoded(Array(file[content])) { reader throws(CodecError) in
                    try DeltaHeader(decoding: &reader)
                }
                decoder = header.flatMap { try? PieceDecoder($0) }
            case DeltaFuzz.Kind.piece:
                if let decoder, length > 5 {
                    file.replaceSubrange(content, with: SealedPiece.reseal(Array(file[content]), by: decoder))
                }
            default: break
            }
            guard seal(start..<content.upperBound, of: &file, &sum) else { break }
            start = content.upperBound + 4
        }
        return file
    }

    /// Goes on with the checksum over a range, and writes it behind that.
    ///
    /// - Returns: whether there is room for it.
    private static func seal(_ range: Range<Int>, of file: inout [UInt8], _ sum: inout UInt32) -> Bool {
        guard file.count >= range.upperBound + 4 else { return false }
        sum = file[range].withUnsafeBufferPointer { bytes in
            UInt32(truncatingIfNeeded: crc32(UInt(sum), bytes.baseAddress, UInt32(bytes.count)))
        }
        file.replaceSubrange(range.upperBound..<range.upperBound + 4, with: encoded { $0.write(fixed32: sum) })
        return true
    }

    static func checksum(of bytes: [UInt8]) -> [UInt8] {
        let sum = bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        return encoded { $0.write(fixed32: UInt32(truncatingIfNeeded: sum)) }
    }

    /// The file that the house's own writer makes of what was read.
    ///
    /// - Returns: nil for a record that is too large for an encoder (`DeltaFuzz.pieces`).
    static func written(_ items: [DeltaFileReader.Item], _ prologue: DeltaFilePrologue) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        let writer = try DeltaFileWriter(prologue) { bytes += $0 }
        do {
            for item in items {
                switch item {
                case .section(let header): try writer.begin(header)
                case .records(let records): try writer.append(records)
                }
            }
            try writer.finish()
        } catch PieceError.recordTooLarge {
            return nil
        }
        return bytes
    }
}
