internal import CRDT

/// Folds those records of a delta of whose cells none is known here: most of them, since peers are told what they lack.
///
/// A cell of the row that such a record meets dies if the record names its slot and the cut covers it. That can be said of
/// whole groups nearly always, so packed bytes are copied, in buffers that serve one record after another.
final class RecordFold: RowSource {
    private let replica: Replica
    private let records: [DeltaRecord]
    private let context: JoinContext
    private(set) var news: Replica.News
    /// Where the records stand that name what is known here already: they were passed over.
    private(set) var passed: [Int] = []
    /// Records that have touch marks now, or have none any more.
    private(set) var markChanges: [(key: [UInt8], hasMarks: Bool)] = []

    private var next = 0
    private var end = 0
    /// Where the record stands that is being written.
    private var current: Int?
    private var key = ByteWriter(reservingCapacity: 64)
    /// Its row, if there is none yet.
    private var fresh = ByteWriter(reservingCapacity: 4096)
    private var outcome = Outcome.fresh

    private enum Outcome {
        case fresh
        /// The groups of the row that was there stayed or went as a whole.
        case whole(hadMarks: Bool, hasMarks: Bool)
        case apart(old: Row, new: Row)
    }

    private var joined = ByteWriter(reservingCapacity: 4096)
    private var present: [Row.Group] = []
    private var kept: [Row.Group] = []
    private var named: [Cell] = []
    private var cells: [Cell] = []

    init(_ records: [DeltaRecord], _ context: JoinContext, _ news: Replica.News, in replica: Replica) {
        self.replica = replica
        self.records = records
        self.context = context
        self.news = news
    }

    /// Begins the next stretch of records, which one statement is to write: SQLite keeps all pages that it changes until the
    /// statement ends.
    ///
    /// - Returns: false if there is none.
    func beginStretch() -> Bool {
        end = min(records.count, next + 512)
        return next < end
    }

    func advance() throws -> Bool {
        try finish()
        while next < end {
            let position = next
            next += 1
            let packed = records[position].packed
            guard replica.quarantined.isEmpty, packed.isSmall, context.isAllNews(packed) else {
                passed.append(position)
                continue
            }
            begin(position)
            return true
        }
        return false
    }

    func lendKey(_ borrow: (UnsafeRawBufferPointer) -> Void) { key.bytes.withUnsafeBytes(borrow) }

    func lendValue(_ borrow: (UnsafeRawBufferPointer) -> Void) { fresh.bytes.withUnsafeBytes(borrow) }

    func meet(_ value: UnsafeRawBufferPointer, _ lend: (UnsafeRawBufferPointer) -> Void) throws {
        guard let current else { return }
        try key.bytes.withUnsafeBytes { key in
            do throws(CodecError) {
                if try joinWhole(records[current].packed, value, key) { return lendRow(lend) }
            } catch {
                throw ReplicaError.damagedRow(key: records[current].key)
            }
            let record = records[current]
            let loaded = try replica.loaded(record.key, key, value)
            let cells = try replica.joined(loaded.cells, with: try record.cells(), key: record.key, context)
            outcome = .apart(old: loaded.row ?? Row(), new: try replica.encode(cells, record.key, key))
            lendRow(lend)
        }
    }

    private func begin(_ position: Int) {
        current = position
        outcome = .fresh
        key.bytes.removeAll(keepingCapacity: true)
        records[position].key.encode(into: &key)
        key.bytes.withUnsafeBytes { key in
            records[position].packed.bytes.withUnsafeBytes {
                replica.codec.encode(records[position].packed.groups, in: $0, [], in: $0, key: key, into: &fresh)
            }
        }
    }

    /// Keeps digests, marks and the index up with the record that was written.
    private func finish() throws {
        guard let current else { return }
        self.current = nil
        let packed = records[current].packed
        try key.bytes.withUnsafeBytes { key in
            if let observer = replica.tables.observer { lendRow { observer(.record, key, $0) } }
            switch outcome {
            case .fresh: noteMarks(from: false, to: packed.hasMarks, key)
            case .whole(let hadMarks, let hasMarks): noteMarks(from: hadMarks, to: hasMarks, key)
            case .apart(let old, let new): noteMarks(from: old.hasMarks, to: new.hasMarks, key)
            }
            if case .apart(let old, let new) = outcome {
                try replica.moveDigests(key, from: old, to: new)
            } else {
                try packed.bytes.withUnsafeBytes { bytes in
                    for group in packed.groups { try replica.addDigest(of: group, in: bytes, key) }
                }
            }
        }
        news.add(packed.groups, records[current].key, context.before)
    }

    private func noteMarks(from hadMarks: Bool, to hasMarks: Bool, _ key: UnsafeRawBufferPointer) {
        if hadMarks != hasMarks { markChanges.append((Array(key), hasMarks)) }
    }

    private func lendRow(_ lend: (UnsafeRawBufferPointer) -> Void) {
        switch outcome {
        case .fresh: fresh.bytes.withUnsafeBytes(lend)
        case .whole: (kept.isEmpty ? fresh : joined).bytes.withUnsafeBytes(lend)
        case .apart(_, let new): new.bytes.withUnsafeBytes(lend)
        }
    }
}

extension RecordFold {
    /// - Returns: false, and nothing was done, if some group would have to be taken apart.
    private func joinWhole(
        _ packed: PackedCells, _ row: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer
    ) throws(CodecError) -> Bool {
        try replica.codec.parse(row, key: key, into: &present)
        let isSmall = row.count < Limits.cellsPerRecord / 2
        guard isSmall, context.reach == .namedSlots, try keepWhole(packed, row) else { return false }
        var next = 0
        for group in present {
            if next < kept.count, kept[next].dot == group.dot {
                next += 1
            } else {
                if Mutants.isOn("digest-keeps-what-died") { continue }
                try replica.subtractDigest(of: group, in: row, key)
            }
        }
        outcome = .whole(
            hadMarks: Self.haveMarks(present), hasMarks: Self.haveMarks(kept) || packed.hasMarks)
        guard !kept.isEmpty else { return true }
        packed.bytes.withUnsafeBytes {
            replica.codec.encode(kept, in: row, packed.groups, in: $0, key: key, into: &joined)
        }
        return true
    }

    /// Finds the groups of the row that stay.
    ///
    /// - Returns: false if one would stay in part.
    private func keepWhole(_ packed: PackedCells, _ row: UnsafeRawBufferPointer) throws(CodecError) -> Bool {
        named.removeAll(keepingCapacity: true)
        try packed.append(packed.groups[...], to: &named)
        guard named.count <= 16 else { return false }
        kept.removeAll(keepingCapacity: true)
        for group in present {
            guard context.cut.covers(group.dot) || Mutants.isOn("fold-drops-what-the-sender-lacks") else {
                kept.append(group)
                continue
            }
            cells.removeAll(keepingCapacity: true)
            try PackedCells.append(group, of: row, to: &cells)
            var dead = 0
            for index in cells.indices where isNamed(cells[index].slot) { dead += 1 }
            if Mutants.isOn("fold-keeps-what-died") { dead = 0 }
            if dead == 0 { kept.append(group) } else if dead < cells.count { return false }
        }
        return true
    }

    private func isNamed(_ slot: SlotKey) -> Bool {
        for index in named.indices where named[index].slot == slot { return true }
        return false
    }

    private static func haveMarks(_ groups: [Row.Group]) -> Bool {
        for group in groups where group.hasMarks { return true }
        return false
    }
}
