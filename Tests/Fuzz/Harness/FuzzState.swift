internal import CRDT

/// One replica's state of a record, as an input says it.
///
///     vector, then of each group: byte: whose dot, by place in the vector; varint: sequence; varint: stamp;
///     counted cells
///
/// A dot always lies under the vector and is said once: what a replica holds is like that, whoever sent it.
struct FuzzState: Hashable {
    var record: Record
    var vector: VersionVector

    init(record: Record, vector: VersionVector) {
        self.record = record
        self.vector = vector
    }

    init?(_ bytes: [UInt8]) {
        guard let state = decoded(bytes, { reader throws(CodecError) in try FuzzState(decoding: &reader) }) else { return nil }
        self = state
    }

    private init(decoding reader: inout ByteReader) throws(CodecError) {
        vector = try VersionVector(decoding: &reader, limit: 8)
        var cells: [Cell] = []
        var dots: Set<Dot> = []
        while !reader.isAtEnd {
            let start = reader.offset
            let place = Int(try reader.readByte())
            let sequence = try reader.readVarint()
            let stamp = HLC(rawValue: try reader.readVarint())
            var group = ByteReader(try reader.readCounted(limit: reader.remaining))
            guard !vector.isEmpty else { throw .outOfRange(offset: start) }
            let entry = vector.entries[place % vector.entries.count]
            let dot = Dot(origin: entry.origin, sequence: (sequence &- 1) % entry.sequence + 1)
            guard dots.insert(dot).inserted else { throw .notCanonical(offset: start) }
            try CellGroup.decode(&group, dot: dot, stamp: stamp, appendingTo: &cells)
        }
        record = Record(sortedCells: cells.sorted { ($0.slot, $0.dot) < ($1.slot, $1.dot) })
    }

    /// What `init` reads as this state.
    var bytes: [UInt8] {
        encoded { writer in
            vector.encode(into: &writer)
            for dot in Set(record.cells.map(\.dot)).sorted() {
                guard let place = vector.entries.firstIndex(where: { $0.origin == dot.origin }) else { continue }
                writer.write(byte: UInt8(truncatingIfNeeded: place))
                writer.write(varint: dot.sequence)
                writer.write(varint: record.cells.first { $0.dot == dot }?.stamp.rawValue ?? 0)
                writer.write(counted: encoded { CellGroup.encode(record.cells, of: dot, into: &$0) })
            }
        }
    }

    func joined(with other: FuzzState) -> Result<FuzzState, JoinError> {
        Result { () throws(JoinError) in
            var joined = self
            try joined.record.join(other.record.cells, upTo: other.vector, knowing: vector, reach: .wholeState)
            joined.vector.join(other.vector)
            return joined
        }
    }
}
