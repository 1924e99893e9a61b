internal import CRDT
public import Replica

/// Packs the records of one delta into pieces, each of which decodes by itself with the delta's header.
///
/// Records are taken apart into columns of alike values (`Protocol/delta-encoding.md`), which are predicted, then compressed
/// by zstd. The same records give the same bytes, under one version of zstd.
///
///     let encoder = try PieceEncoder(delta.header)
///     var next = 0
///     while next < delta.records.count {
///         let piece = try encoder.encode(delta.records, from: next)
///         next = piece.next
///     }
public final class PieceEncoder {
    private let header: DeltaHeader
    private let headerChecksum: Checksum
    private let packer: ZstdPacker
    private var writer = ColumnWriter()

    public init(_ header: DeltaHeader) throws(PieceError) {
        self.header = header
        headerChecksum = header.checksum
        packer = try ZstdPacker(level: 1)
    }

    /// Encodes as many records as fit one piece.
    ///
    /// - Parameters:
    ///   - records: ascending by key, cells ascending by slot and dot, as a replica extracts them.
    ///   - start: the first record of the piece.
    ///   - cellTarget: the cells after which the piece ends.
    /// - Returns: the piece, and where the next one begins.
    /// - Throws: `malformed` for records that no replica extracts, `recordTooLarge`.
    public func encode(
        _ records: [DeltaRecord], from start: Int = 0, cellTarget: Int = PieceLimits.cellTarget
    ) throws(PieceError) -> (bytes: [UInt8], next: Int) {
        var builder = PieceBuilder(cut: header.cut)
        var (next, cells) = (start, [Cell]())
        while next < records.count, next == start || builder.cellCount < cellTarget {
            let record = records[next]
            do throws(CodecError) {
                try record.readCells(into: &cells)
            } catch {
                throw .columns(error)
            }
            let (values, contentBytes) = Self.size(of: cells)
            if next > start, !builder.fits(cells: cells.count, values, contentBytes) { break }
            guard builder.fits(cells: cells.count, values, contentBytes) else {
                throw .recordTooLarge(record.key, values: values, contentBytes: contentBytes)
            }
            try check(record.key, cells, after: next > 0 ? records[next - 1].key : nil)
            try builder.append(record.key, cells)
            next += 1
        }
        writer.removeAll()
        builder.write(into: &writer)
        writer.bits.finish()
        return (try frame(), next)
    }

    private func check(_ key: RecordKey, _ cells: [Cell], after last: RecordKey?) throws(PieceError) {
        guard key.scope == header.scope else { throw .malformed(.keyOutsideScope(key)) }
        if let last, key <= last { throw .malformed(.keysOutOfOrder(key)) }
        guard header.reach == .wholeState else { return }
        for cell in cells {
            if case .held = cell.content { throw .malformed(.heldInSnapshot(key)) }
        }
    }

    private func frame() throws(PieceError) -> [UInt8] {
        var checksum = headerChecksum
        checksum.add(writer.tokens.bytes)
        checksum.add(writer.bits.bytes)
        return try PieceFrame.encode(writer, checksum.value, packer)
    }
}

extension DeltaHeader {
    /// What the checksums of its pieces begin with, so that no piece decodes under another header.
    var checksum: Checksum {
        var writer = ByteWriter(reservingCapacity: 1024)
        encode(into: &writer)
        var checksum = Checksum()
        checksum.add(writer.bytes)
        return checksum
    }
}

extension PieceBuilder {
    func fits(cells: Int, _ values: Int, _ contentBytes: Int) -> Bool {
        cellCount + cells <= PieceLimits.cells && valueCount + values <= PieceLimits.values
            && self.contentBytes + contentBytes <= PieceLimits.contentBytes
    }
}

extension PieceEncoder {
    /// What a record takes of a piece's limits, texts counted as if none could be packed.
    private static func size(of cells: [Cell]) -> (values: Int, contentBytes: Int) {
        var (values, contentBytes) = (0, Identifier.byteLimit)
        for cell in cells {
            values += 1
            if case .bytes(let bytes) = cell.slot.element { contentBytes += bytes.count }
            if case .identifier = cell.slot.element { contentBytes += Identifier.byteLimit }
            guard case .value(let value) = cell.content else { continue }
            if case .tuple(let items) = value {
                values += items.count
                for item in items { contentBytes += item.contentSize }
            } else {
                contentBytes += value.contentSize
            }
        }
        return (values, contentBytes)
    }
}

extension Value {
    fileprivate var contentSize: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .identifier(let identifier): identifier.numbered == nil ? Identifier.byteLimit : 0
        case .empty, .integer, .count, .moment, .tuple: 0
        }
    }
}
