internal import CRDT

/// A cut too large to be folded in at once: its records wait in chunks, by key, while they arrive and after it was published.
///
/// Publishing is one small commit that moves the vector. From then on a record is read as its row joined with what is staged
/// for it, and a fold moves chunk after chunk into the rows, so that no one has to wait for the whole.
struct Overlay {
    var header: DeltaHeader
    /// The member that it comes from; nil if there is nobody to doubt.
    var sender: UInt32?
    /// This replica's vector when the cut was published; nil while it is still arriving.
    var before: VersionVector?
    /// Whether it names records that were aside when they came: nobody knows yet whether those can be folded in.
    var isUnchecked = false
    /// Whether the keys below the first chunk left are folded already.
    var hasFolded = false
    /// Where the search goes on for records that a whole state does not name; nil at the first chunk left. After a restart it
    /// begins there again: what died stays dead.
    var absentFrom: [UInt8]?

    var isPublished: Bool { before != nil }

    var place: StagingPlace { StagingPlace(scope: header.scope, sender: sender) }

    var context: JoinContext {
        JoinContext(cut: header.cut.vector, before: before ?? VersionVector(), reach: header.reach)
    }

    var value: [UInt8] {
        var writer = ByteWriter(reservingCapacity: 256)
        writer.write(
            byte: (before == nil ? 0 : 1) | (hasFolded ? 2 : 0) | (sender == nil ? 0 : 4) | (isUnchecked ? 8 : 0))
        if let sender { writer.write(varint: UInt64(sender)) }
        before?.encode(into: &writer)
        header.encode(into: &writer)
        return writer.bytes
    }
}

extension Overlay {
    init(value: UnsafeRawBufferPointer) throws(CodecError) {
        var reader = ByteReader(value)
        let flags = try reader.readByte()
        if flags & 4 != 0 {
            let start = reader.offset
            guard let member = UInt32(exactly: try reader.readVarint()) else { throw .outOfRange(offset: start) }
            sender = member
        }
        before = flags & 1 != 0 ? try VersionVector(decoding: &reader, limit: DeltaHeader.originLimit) : nil
        hasFolded = flags & 2 != 0
        isUnchecked = flags & 8 != 0
        header = try DeltaHeader(decoding: &reader)
        try reader.expectEnd()
    }
}

/// Some staged records, ascending by key, in one row.
///
///     each    counted key
///             varint: number of groups; 0 if the record was folded ahead of its turn
///     group   8 bytes of origin; varint: sequence; byte: has touch marks << 1 | is held; 8 bytes of stamp; counted body
struct StagedChunk {
    struct Entry {
        let key: RecordKey
        /// Nil once folded.
        var packed: PackedCells?
    }

    var entries: [Entry]

    static let byteTarget = 16_384

    init(entries: [Entry]) {
        self.entries = entries
    }

    var value: [UInt8] {
        var writer = ByteWriter(reservingCapacity: Self.byteTarget * 2)
        for entry in entries {
            var key = ByteWriter(reservingCapacity: 40)
            entry.key.encode(into: &key)
            writer.write(counted: key.bytes)
            writer.write(varint: UInt64(entry.packed?.groups.count ?? 0))
            guard let packed = entry.packed else { continue }
            for group in packed.groups {
                writer.write(fixed64: group.dot.origin.rawValue)
                writer.write(varint: group.dot.sequence)
                writer.write(byte: (group.hasMarks ? 2 : 0) | (group.isHeld ? 1 : 0))
                writer.write(fixed64: group.stamp.rawValue)
                writer.write(counted: packed.bytes[group.body])
            }
        }
        return writer.bytes
    }

    init(value: UnsafeRawBufferPointer) throws(CodecError) {
        var reader = ByteReader(value)
        entries = []
        while !reader.isAtEnd {
            let key = try RecordKey(row: try reader.readCounted(limit: 128))
            let count = try reader.readCount(limit: Limits.cellsPerRecord)
            entries.append(Entry(key: key, packed: count == 0 ? nil : try Self.readGroups(count, &reader)))
        }
    }

    private static func readGroups(_ count: Int, _ reader: inout ByteReader) throws(CodecError) -> PackedCells {
        var packed = PackedCells()
        for _ in 0..<count {
            let origin = Origin(rawValue: try reader.readFixed64())
            let dot = Dot(origin: origin, sequence: try reader.readVarint())
            let flags = try reader.readByte()
            let stamp = HLC(rawValue: try reader.readFixed64())
            let start = packed.bytes.count
            packed.bytes.append(contentsOf: try reader.readCounted(limit: Limits.recordBytes))
            packed.groups.append(
                .init(
                    dot: dot, stamp: stamp, hasMarks: flags & 2 != 0, isHeld: flags & 1 != 0,
                    body: start..<packed.bytes.count))
        }
        return packed
    }
}
