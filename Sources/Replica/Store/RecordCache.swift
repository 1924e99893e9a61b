internal import CRDT

/// Small records that this replica's own transactions wrote last, as they are stored: a shop sells the same goods again and
/// again, and need not read and unpack their stock each time.
///
/// Two generations: what is written moves to the young one, and when that is full the old one goes.
struct RecordCache {
    struct Entry {
        let cells: [Cell]
        let row: Row
    }

    private var young: [RecordKey: Entry] = [:]
    private var old: [RecordKey: Entry] = [:]

    /// How many records a generation holds; each takes some 600 bytes.
    private static let generationLimit = 4096
    /// Records of more cells, orders above all, are seldom written twice.
    private static let cellLimit = 8

    /// Takes a record out: whoever changes it then owns it alone, and puts what becomes of it in again.
    mutating func take(_ key: RecordKey) -> Entry? {
        young.removeValue(forKey: key) ?? (old.isEmpty ? nil : old.removeValue(forKey: key))
    }

    mutating func insert(_ cells: [Cell], _ row: Row, under key: RecordKey) {
        guard cells.count <= Self.cellLimit, !row.groups.isEmpty else { return }
        if young.count >= Self.generationLimit { (old, young) = (young, [:]) }
        young[key] = Entry(cells: cells, row: row)
    }

    /// To be called whenever rows are written in another way.
    mutating func removeAll() {
        if !young.isEmpty { young.removeAll(keepingCapacity: true) }
        if !old.isEmpty { old = [:] }
    }
}
