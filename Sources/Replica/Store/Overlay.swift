internal import CRDT

/// A cut too large to be folded in at once: its records wait in chunks, by key, while they arrive and after it was published.
///
/// Publishing is one small commit that moves the vector. From then on a record is read as its row joined with what is staged
/// for it, and a fold moves chunk after chunk into the rows, so that no one has to wait for the whole.
struct Overlay {
    var header: DeltaHeader
    /// This replica's vector when the cut was published; nil while it is still arriving.
    var before: VersionVector?
    /// Whether the keys below the first chunk left are folded already.
    var hasFolded = false

    var isPublished: Bool { before != nil }

    var context: JoinContext {
        JoinContext(cut: header.cut.vector, before: before ?? VersionVector(), reach: header.reach)
    }

    var value: [UInt8] {
        var writer = ByteWriter(reservingCapacity: 256)
        writer.write(byte: (before == nil ? 0 : 1) | (hasFolded ? 2 : 0))
        before?.encode(into: &writer)
        header.encode(into: &writer)
        return writer.bytes
    }
}

extension Overlay {
    init(value: UnsafeRawBufferPointer) throws(CodecError) {
        var reader = ByteReader(value)
        let flags = try reader.readByte()
        before = flags & 1 != 0 ? try VersionVector(decoding: &reader, limit: DeltaHeader.originLimit) : nil
        hasFolded = flags & 2 != 0
        header = try DeltaHeader(decoding: &reader)
        try reader.expectEnd()
    }
}

/// Some staged records, ascending by key, in one row.
///
///     each    counted key; byte: 1 if it was folded ahead of its turn, else 0 and two counted rows: the cells with values
///             and touch marks, and the held ones, written as touch marks
struct StagedChunk {
    struct Entry {
        let key: RecordKey
        /// Nil once folded.
        var cells: [Cell]?
    }

    var entries: [Entry]

    static let cellTarget = 1024

    func encode(_ codec: inout RowCodec) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: entries.count * 64)
        for entry in entries {
            var key = ByteWriter(reservingCapacity: 40)
            entry.key.encode(into: &key)
            writer.write(counted: key.bytes)
            guard let cells = entry.cells else {
                writer.write(byte: 1)
                continue
            }
            writer.write(byte: 0)
            var parts: (told: [Cell], held: [Cell]) = ([], [])
            for var cell in cells {
                if case .held = cell.content {
                    cell.content = .removed
                    parts.held.append(cell)
                } else {
                    parts.told.append(cell)
                }
            }
            for part in [parts.told, parts.held] {
                writer.write(counted: key.bytes.withUnsafeBytes { codec.encode(part, key: $0).bytes })
            }
        }
        return writer.bytes
    }

    init(entries: [Entry]) {
        self.entries = entries
    }

    init(value: UnsafeRawBufferPointer, _ codec: RowCodec) throws(CodecError) {
        var reader = ByteReader(value)
        entries = []
        while !reader.isAtEnd {
            let key = try reader.readCounted(limit: 128)
            guard try reader.readByte() == 0 else {
                entries.append(Entry(key: try RecordKey(row: key), cells: nil))
                continue
            }
            var cells: [Cell] = []
            for isHeld in [false, true] {
                let row = try reader.readCounted(limit: 2 * Limits.recordBytes)
                let start = cells.count
                for var cell in try codec.cells(row, try codec.parse(row, key: key)) {
                    if isHeld { cell.content = .held }
                    cells.append(cell)
                }
                cells.mergeRuns(meetingAt: start)
            }
            entries.append(Entry(key: try RecordKey(row: key), cells: cells))
        }
    }
}
