public import CRDT

/// How records get into rows and out of them, with digests and index kept up on the way.
extension Replica {
    /// A record as it is visible, and the row that it came from.
    struct Loaded {
        var cells: [Cell]
        /// As stored, before anything that is staged; nil if there is no row.
        var row: Row?
        /// The published delta that is not in the row yet was taken into `cells`.
        var includesOverlay = false
    }

    /// Runs a body over a key's bytes.
    func withBytes<Result>(of key: RecordKey, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        // One buffer serves nearly all calls; whoever calls within the body gets a new one.
        var writer = ByteWriter()
        swap(&writer, &keyBuffer)
        defer { swap(&writer, &keyBuffer) }
        writer.bytes.removeAll(keepingCapacity: true)
        key.encode(into: &writer)
        return try writer.bytes.withUnsafeBytes(body)
    }

    /// The record under a key as of the last `apply`, `join` or fold, whether or not it is committed yet.
    public func record(_ key: RecordKey) throws -> Record {
        try refresh()
        return try withBytes(of: key) { Record(sortedCells: try load(key, $0).cells) }
    }

    /// The record as a local transaction left it, if nothing else has written since.
    func takeCached(_ key: RecordKey) -> Loaded? {
        cache.take(key).map { Loaded(cells: $0.cells, row: $0.row) }
    }

    func load(_ key: RecordKey, _ bytes: UnsafeRawBufferPointer) throws -> Loaded {
        var loaded = try loadRow(key, bytes)
        guard !overlays.isEmpty, let overlay = overlays[key.scope], !Mutants.isOn("unfolded-cut-is-not-read") else {
            return loaded
        }
        guard let staged = try stagedRecord(key, in: overlay) else { return loaded }
        loaded.cells = try joined(loaded.cells, with: staged, key: key, overlay.context)
        loaded.includesOverlay = true
        return loaded
    }

    func loadRow(_ key: RecordKey, _ bytes: UnsafeRawBufferPointer) throws -> Loaded {
        try stored(key, bytes) { try loaded(key, bytes, $0) } ?? Loaded(cells: [], row: nil)
    }

    /// A record's row, if there is one, with its cells still packed.
    func packedRow(_ key: RecordKey, _ bytes: UnsafeRawBufferPointer) throws -> Row? {
        try stored(key, bytes) { try row(key, bytes, $0) }
    }

    /// What a row's value says.
    func loaded(
        _ key: RecordKey, _ bytes: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(ReplicaError) -> Loaded {
        let row = try row(key, bytes, value)
        do throws(CodecError) {
            return Loaded(cells: try row.cells(), row: row)
        } catch {
            throw .damagedRow(key: key)
        }
    }

    func row(
        _ key: RecordKey, _ bytes: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) throws(ReplicaError) -> Row {
        do throws(CodecError) {
            return Row(bytes: Array(value), groups: try codec.parse(value, key: bytes))
        } catch {
            throw .damagedRow(key: key)
        }
    }

    private func stored<Result>(
        _ key: RecordKey, _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result? {
        let isReadable = quarantined.isEmpty || !quarantined.contains(key) || Mutants.isOn("record-aside-reads-as-empty")
        guard isReadable else { throw ReplicaError.quarantined(key: key) }
        return try tables.record(bytes, body)
    }

    /// Refuses a local write that lets a record grow further than islands may, each on its own.
    func checkGrowth(of work: Transaction.Work, to row: Row) throws(ReplicaError) {
        let (cells, mostCells) = (work.record.cells.count, max(Limits.writtenCellsPerRecord, work.cellCount))
        guard cells <= mostCells else { throw .recordTooLarge(key: work.key, size: cells, limit: mostCells) }
        let mostBytes = max(Limits.writtenRecordBytes, work.row?.bytes.count ?? 0)
        guard row.bytes.count <= mostBytes else {
            throw .recordTooLarge(key: work.key, size: row.bytes.count, limit: mostBytes)
        }
    }

    /// Packs a record's cells into its row, which has no groups if nothing is left.
    func encode(_ cells: [Cell], _ key: RecordKey, _ bytes: UnsafeRawBufferPointer) throws(ReplicaError) -> Row {
        guard !cells.isEmpty else { return Row() }
        guard cells.count <= Limits.cellsPerRecord else {
            throw .recordTooLarge(key: key, size: cells.count, limit: Limits.cellsPerRecord)
        }
        let row = codec.encode(cells, key: bytes)
        guard row.bytes.count <= Limits.recordBytes else {
            throw .recordTooLarge(key: key, size: row.bytes.count, limit: Limits.recordBytes)
        }
        return row
    }

    /// Writes a record's row. The digests follow when `settleDigests` is called.
    func store(_ row: Row, _ bytes: UnsafeRawBufferPointer, replacing old: Row?) throws {
        try saveOrigins()
        if !row.groups.isEmpty {
            try row.bytes.withUnsafeBytes { try tables.putRecord(bytes, $0) }
        } else if old != nil {
            try tables.delete(.record, Array(bytes))
        }
        try noteChange(from: old, to: row, bytes)
    }

    /// Keeps digests and the list of records with touch marks up with a row that was written.
    func noteChange(from old: Row?, to row: Row, _ bytes: UnsafeRawBufferPointer) throws {
        try noteMarks(from: old?.hasMarks ?? false, to: row.hasMarks, bytes)
        if let old {
            try moveDigests(bytes, from: old, to: row)
        } else {
            for group in row.groups { try add(row, group, bytes) }
        }
    }

    func noteMarks(from hadMarks: Bool, to hasMarks: Bool, _ key: UnsafeRawBufferPointer) throws {
        guard hasMarks != hadMarks else { return }
        if Mutants.isOn("marked-record-is-not-noted") { return }
        if hasMarks { try tables.put(.mark, Array(key), []) } else { try tables.delete(.mark, Array(key)) }
    }

    /// Writes the origins that were numbered since.
    func saveOrigins() throws {
        guard !codec.origins.unsaved.isEmpty else { return }
        for number in codec.origins.unsaved { try Meta(connection).add(codec.origins.origins[number], number: number) }
        codec.origins.markSaved()
    }

    /// Writes a run's beginning, if it is news.
    func save(_ span: RunSpan, of scope: Scope) throws {
        guard changing(scope).add(span) else { return }
        var writer = ByteWriter()
        writer.write(hash: Hash128(high: span.high, low: span.low))
        let key = ChangeBlock.key(scope, codec.origins.number(of: span.origin), span.from)
        try saveOrigins()
        try tables.put(.run, key, writer.bytes)
    }

    /// Takes in what the engine's own records say, after some records changed.
    func noteSystemRecords(_ keys: some Sequence<RecordKey>) throws {
        var (hasHorizons, hasClosures) = (false, false)
        for key in keys where SystemRecords.isSystem(key.collection) {
            if key.collection == SystemRecords.horizons { hasHorizons = true }
            guard key.collection == SystemRecords.closures else { continue }
            hasClosures = true
            // Others may have written again what this member had lost.
            if SystemRecords.closedOrigin(key)?.member == identity.member { try noteRecount() }
        }
        if hasHorizons { try refreshHorizons() }
        if hasClosures { try loadClosures() }
    }

    func save(_ block: ChangeBlock, of origin: Origin, in scope: Scope) throws {
        let key = ChangeBlock.key(scope, codec.origins.number(of: origin), block.last)
        try saveOrigins()
        try tables.put(.change, key, block.value)
    }
}

extension Replica {
    /// Collects what digests change by when one row takes another's place.
    func moveDigests(_ keyBytes: UnsafeRawBufferPointer, from gone: Row, to come: Row) throws {
        var (left, right) = (0, 0)
        while left < gone.groups.count || right < come.groups.count {
            let earlier = left < gone.groups.count ? gone.groups[left] : nil
            let later = right < come.groups.count ? come.groups[right] : nil
            if let earlier, let later, earlier.dot == later.dot {
                if gone.bytes[earlier.body] != come.bytes[later.body] || earlier.stamp != later.stamp {
                    try subtract(gone, earlier, keyBytes)
                    try add(come, later, keyBytes)
                }
                left += 1
                right += 1
            } else if let earlier, later.map({ earlier.dot < $0.dot }) ?? true {
                try subtract(gone, earlier, keyBytes)
                left += 1
            } else if let later {
                try add(come, later, keyBytes)
                right += 1
            }
        }
    }

    private func add(_ row: Row, _ group: Row.Group, _ key: UnsafeRawBufferPointer) throws {
        try row.bytes.withUnsafeBytes { try addDigest(of: group, in: $0, key) }
    }

    private func subtract(_ row: Row, _ group: Row.Group, _ key: UnsafeRawBufferPointer) throws {
        try row.bytes.withUnsafeBytes { try subtractDigest(of: group, in: $0, key) }
    }

    func addDigest(
        of group: Row.Group, in bytes: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer
    ) throws(CodecError) {
        if let hash = try hash(of: group, in: bytes, key) { digestChanges.add(hash, to: group.dot.origin) }
    }

    func subtractDigest(
        of group: Row.Group, in bytes: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer
    ) throws(CodecError) {
        if let hash = try hash(of: group, in: bytes, key) { digestChanges.subtract(hash, from: group.dot.origin) }
    }

    /// Moves what rows changed since the last call into the heads of their scope.
    func settleDigests(of scope: Scope) {
        digestChanges.drain { changing(scope).changeDigest(of: $0, by: $1) }
    }

    /// The hash of what one transaction left in one record; touch marks do not count, because members collect them at
    /// different times.
    ///
    /// - Parameters:
    ///   - bytes: where the group's body stands.
    ///   - key: the record's, encoded.
    func hash(
        of group: Row.Group, in bytes: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer
    ) throws(CodecError) -> Hash128? {
        let version = Version(dot: group.dot, stamp: group.stamp)
        guard group.hasMarks, !Mutants.isOn("digest-counts-marks") else {
            return digestHasher.hash(UnsafeRawBufferPointer(rebasing: bytes[group.body]), of: version, in: key)
        }
        var live: [Cell] = []
        try PackedCells.append(group, of: bytes, to: &live)
        live.removeAll(where: \.isMark)
        guard !live.isEmpty else { return nil }
        var writer = ByteWriter(reservingCapacity: group.body.count)
        CellGroup.encode(live, of: group.dot, into: &writer)
        return writer.bytes.withUnsafeBytes { digestHasher.hash($0, of: version, in: key) }
    }
}
