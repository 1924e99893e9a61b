public import CRDT

/// Packs one record after another out of the parts of their cells, for a decoder that never puts a cell together.
///
/// Its caller has held the cells to what `DeltaRecord.init` would: their order, their limits, and that there is one. That
/// those of one dot have one stamp is seen to here.
public struct DeltaRecordWriter {
    private var heads: [(group: PackedCells.Group, writer: Int)] = []
    /// At least as many as there are heads.
    private var writers: [CellGroupWriter] = []

    /// So many writers are kept for the next record.
    private static let keptWriters = 64

    public init() {}

    /// Begins a group of the record: of a dot one, and one more for the cells that are held.
    ///
    /// - Returns: what to write its cells by.
    public mutating func begin(_ dot: Dot, _ stamp: HLC, isHeld: Bool) -> Int {
        let number = heads.count
        heads.append((.init(dot: dot, stamp: stamp, hasMarks: isHeld, isHeld: isHeld, body: 0..<0), number))
        if writers.count == number { writers.append(CellGroupWriter()) }
        writers[number].begin()
        return number
    }

    @inline(__always)
    public subscript(group: Int) -> CellGroupWriter {
        _read { yield writers[group] }
        _modify { yield &writers[group] }
    }

    /// Writes a touch mark, or a held cell in a group of those.
    public mutating func writeMark(_ slot: SlotKey, in group: Int) {
        heads[group].group.hasMarks = true
        writers[group].writeMark(slot)
    }

    /// - Returns: the record of all groups that were begun since the last one.
    /// - Throws: `ReplicaError.malformed` if cells of one dot have different stamps.
    public mutating func finish(_ key: RecordKey) throws(ReplicaError) -> DeltaRecord {
        try sort(key)
        var packed = PackedCells()
        packed.bytes.reserveCapacity(heads.reduce(0) { $0 + writers[$1.writer].bytes.count })
        packed.groups.reserveCapacity(heads.count)
        for var head in heads {
            let start = packed.bytes.count
            packed.bytes.append(contentsOf: writers[head.writer].bytes)
            head.group.body = start..<packed.bytes.count
            packed.groups.append(head.group)
        }
        heads.removeAll(keepingCapacity: true)
        if writers.count > Self.keptWriters { writers.removeLast(writers.count - Self.keptWriters) }
        return DeltaRecord(key: key, packed: packed)
    }

    /// Puts the groups in order: by dot, of one dot the held ones last.
    private mutating func sort(_ key: RecordKey) throws(ReplicaError) {
        guard heads.count > 1 else { return }
        heads.sort { ($0.group.dot, $0.group.isHeld ? 1 : 0) < ($1.group.dot, $1.group.isHeld ? 1 : 0) }
        for index in heads.indices.dropFirst() where heads[index].group.dot == heads[index - 1].group.dot {
            guard heads[index].group.stamp == heads[index - 1].group.stamp else {
                throw .malformed(.stampsDiffer(key, heads[index].group.dot))
            }
        }
    }
}
