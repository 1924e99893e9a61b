internal import CRDT
public import Replica

/// Reads a delta file from its start to its end, one block in memory at a time.
///
/// A file is read twice. First `verify` reads all of it, down to every record, and changes nothing; then its deltas are
/// joined or staged while it is read again, and a file that changed in between is noticed at its end at the latest, before
/// anything that was staged is published.
///
///     let summary = try DeltaFileReader.verify(source: open(), chain: chain)
///     let reader = try DeltaFileReader(source: open(), chain: chain, verified: summary)
///     while let item = try reader.next() { ... }
public final class DeltaFileReader {
    public enum Item: Hashable, Sendable {
        /// Another delta begins.
        case section(DeltaHeader)
        /// Records of the delta that began last, ascending by key.
        case records([DeltaRecord])
    }

    public let prologue: DeltaFilePrologue
    public private(set) var headers: [DeltaHeader] = []
    public private(set) var counts = DeltaFileCounts()

    private var input: DeltaFileInput
    private var decoder: PieceDecoder?
    private var piecesOfSection = 0
    private var lastKey: RecordKey?
    private let verified: DeltaFileSummary?
    private var isAtEnd = false

    /// - Parameters:
    ///   - source: gives the file's bytes in chunks of any size but none, then nil; what it throws is passed on.
    ///   - chain: whose files are accepted.
    ///   - verified: what `verify` said of this file.
    public init(source: @escaping () throws -> [UInt8]?, chain: Hash128, verified: DeltaFileSummary? = nil) throws {
        input = DeltaFileInput(source: source)
        self.verified = verified
        prologue = try input.readPrologue()
        guard prologue.chain == chain else { throw DeltaFileError.otherChain(found: prologue.chain, expected: chain) }
    }

    /// Reads a whole file, checks all of it, and keeps nothing but what it is about.
    public static func verify(source: @escaping () throws -> [UInt8]?, chain: Hash128) throws -> DeltaFileSummary {
        let reader = try DeltaFileReader(source: source, chain: chain)
        while try reader.next() != nil {}
        return reader.summary
    }

    private var summary: DeltaFileSummary {
        DeltaFileSummary(
            prologue: prologue, headers: headers, counts: counts, bytes: input.offset, checksum: input.checksum.value)
    }

    /// - Returns: nil at the end of a file that is whole.
    public func next() throws -> Item? {
        guard !isAtEnd else { return nil }
        let section = headers.isEmpty ? nil : headers.count - 1
        let (kind, content) = try input.readBlock(section: section, piece: section == nil ? nil : piecesOfSection)
        switch kind {
        case DeltaFileBlock.section: return try beginSection(content)
        case DeltaFileBlock.piece: return .records(try records(content))
        default:
            try finish(content)
            return nil
        }
    }

    private func beginSection(_ content: [UInt8]) throws -> Item {
        let header = try parse(content) { (reader) throws(CodecError) in
            let header = try DeltaHeader(decoding: &reader)
            try reader.expectEnd()
            return header
        }
        decoder = try PieceDecoder(header)
        headers.append(header)
        counts.sections += 1
        (piecesOfSection, lastKey) = (0, nil)
        return .section(header)
    }

    private func records(_ content: [UInt8]) throws -> [DeltaRecord] {
        guard let decoder else { throw DeltaFileError.pieceWithoutSection(offset: input.offset) }
        let (section, piece) = (headers.count - 1, piecesOfSection)
        let records: [DeltaRecord]
        do throws(PieceError) {
            records = try decoder.decode(content)
        } catch {
            throw DeltaFileError.piece(error, section: section, piece: piece)
        }
        if let lastKey, let first = records.first?.key, first <= lastKey {
            throw DeltaFileError.keysOutOfOrder(first, section: section, piece: piece)
        }
        lastKey = records.last?.key ?? lastKey
        piecesOfSection += 1
        counts.pieces += 1
        counts.records += records.count
        return records
    }

    private func finish(_ content: [UInt8]) throws {
        let trailer = try parse(content) { (reader) throws(CodecError) in try DeltaFileCounts(decoding: &reader) }
        guard trailer == counts else { throw DeltaFileError.miscounted(counts, trailer: trailer) }
        try input.expectEnd()
        isAtEnd = true
        guard verified.map({ $0 == summary }) ?? true else { throw DeltaFileError.changed }
    }

    private func parse<Content>(
        _ bytes: [UInt8], _ decode: (inout ByteReader) throws(CodecError) -> Content
    ) throws -> Content {
        do {
            return try bytes.withUnsafeBytes { bytes in
                var reader = ByteReader(bytes)
                return try decode(&reader)
            }
        } catch let error as CodecError {
            throw DeltaFileError.block(error, section: headers.isEmpty ? nil : headers.count - 1)
        }
    }
}
