internal import CRDT

/// What lies in chunks of cuts that are on their way in, or not folded in yet.
extension Replica {
    func loadOverlays() throws {
        try tables.scan(.transfer, from: [], upTo: [0xFF]) { _, value in
            note(try Overlay(value: value))
            return true
        }
    }

    /// What a published cut says about a record that it has not been folded into yet; nil if it says nothing.
    func stagedRecord(_ key: RecordKey, in overlay: Overlay) throws -> [Cell]? {
        let absent: [Cell]? = overlay.header.reach == .wholeState ? [] : nil
        var writer = ByteWriter()
        key.encode(into: &writer)
        guard let (_, chunk) = try stagedChunk(at: overlay.place, holding: writer.bytes) else {
            return overlay.hasFolded ? nil : absent
        }
        guard let entry = chunk.entries.first(where: { $0.key == key }) else { return absent }
        return try reading(.staged, overlay.place.slot + writer.bytes) { try entry.packed?.cells() }
    }

    /// Notes that a record was folded ahead of its turn, because it was written to.
    func dropStaged(_ key: RecordKey) throws {
        guard let place = overlays[key.scope]?.place else { return }
        var writer = ByteWriter()
        key.encode(into: &writer)
        guard case (let first, var chunk)? = try stagedChunk(at: place, holding: writer.bytes) else { return }
        guard let index = chunk.entries.firstIndex(where: { $0.key == key }) else { return }
        chunk.entries[index].packed = nil
        try tables.put(.staged, first, chunk.value)
    }

    func stagedKeys(in overlay: Overlay) throws -> [RecordKey] {
        let prefix = overlay.place.prefix
        var keys: [RecordKey] = []
        try tables.scan(.staged, from: prefix, upTo: prefix.upperBound) { _, value in
            keys += try StagedChunk(value: value).entries.filter { $0.packed != nil }.map(\.key)
            return true
        }
        return keys
    }

    func stagedRecordCount(at place: StagingPlace) throws -> UInt64 {
        var count: UInt64 = 0
        try tables.scan(.staged, from: place.prefix, upTo: place.prefix.upperBound) { _, value in
            count += UInt64(try StagedChunk(value: value).entries.count)
            return true
        }
        return count
    }

    /// The chunk whose range of keys a record's key falls in, and the key of its row.
    func stagedChunk(at place: StagingPlace, holding key: [UInt8]) throws -> (key: [UInt8], chunk: StagedChunk)? {
        guard let (first, value) = try tables.floor(.staged, place.slot + key), first.starts(with: place.prefix) else {
            return nil
        }
        return (first, try reading(.staged, first) { try value.withUnsafeBytes { try StagedChunk(value: $0) } })
    }

    func reading<Result>(_ table: Table, _ key: [UInt8], _ body: () throws -> Result) throws -> Result {
        try key.withUnsafeBytes { try tables.reading(table, $0, body) }
    }
}
