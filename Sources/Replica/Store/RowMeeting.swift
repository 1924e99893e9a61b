internal import CRDT

/// A delta's record on its way into the row that it may meet: of its cells none is known here.
final class RowMeeting {
    let context: JoinContext
    private(set) var record = DeltaRecord(
        key: RecordKey(scope: .chain, collection: 0, id: Identifier(number: 0, digits: 1)), packed: PackedCells())
    private(set) var key = ByteWriter(reservingCapacity: 64)
    /// The row that was met, and what it became.
    var old: Row?
    var new = Row()

    private var news: [Cell] = []
    private var present: [Cell] = []

    init(_ context: JoinContext) {
        self.context = context
    }

    func begin(_ record: DeltaRecord) {
        self.record = record
        key.bytes.removeAll(keepingCapacity: true)
        record.key.encode(into: &key)
        old = nil
    }

    /// The one join by whole groups: since no cell of the delta is known, a cell of the row dies if its slot is named and the
    /// cut covers it.
    ///
    /// - Returns: what is left of the row, and the delta; nil if some group would have to be taken apart.
    func joinedWhole(_ row: Row) throws(CodecError) -> [PackedCells]? {
        news.removeAll(keepingCapacity: true)
        try record.packed.append(record.packed.groups[...], to: &news)
        guard news.count <= 16, context.reach == .namedSlots else { return nil }
        var kept = row
        for index in row.groups.indices.reversed() {
            let group = row.groups[index]
            guard context.cut.covers(group.dot) else { continue }
            present.removeAll(keepingCapacity: true)
            try row.append(row.groups[index...index], to: &present)
            var dead = 0
            for position in present.indices where isNamed(present[position].slot) { dead += 1 }
            if dead == present.count {
                kept.groups.remove(at: index)
            } else if dead > 0 {
                return nil
            }
        }
        return [kept, record.packed]
    }

    private func isNamed(_ slot: SlotKey) -> Bool {
        for index in news.indices where news[index].slot == slot { return true }
        return false
    }
}
