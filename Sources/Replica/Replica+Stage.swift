internal import CRDT

/// Large cuts arrive in pieces, survive a crash on the way, become visible whole, and stop nobody for long.
extension Replica {
    /// Begins to take a cut in, or resumes one that was interrupted.
    ///
    /// - Parameter member: who sends it, as for `join`. Nobody goes on with what another member began.
    /// - Returns: the last key that is staged already: the sender goes on behind it. Another unfinished cut of the same scope
    ///   is dropped.
    public func stage(_ header: DeltaHeader, from member: UInt32? = nil) throws -> RecordKey? {
        try commit()
        try checkAcceptable(header)
        if let overlay = overlays[header.scope] {
            guard !overlay.isPublished else { throw ReplicaError.folding(scope: header.scope) }
            if overlay.header == header, overlay.sender == member { return try lastStagedKey(in: header.scope) }
        }
        try inTransaction {
            try deleteStaged(header.scope)
            try save(Overlay(header: header, sender: member))
        }
        return nil
    }

    /// What is staged of a scope and not published: its header, and the last key; nil if nothing is, or if it came from
    /// another member, with whose delta nobody else may go on.
    public func stagedPosition(
        of scope: Scope, from member: UInt32?
    ) throws -> (header: DeltaHeader, last: RecordKey)? {
        guard let overlay = overlays[scope], !overlay.isPublished, overlay.sender == member,
            let last = try lastStagedKey(in: scope)
        else { return nil }
        return (overlay.header, last)
    }

    /// Takes the next records of a staged cut, durably.
    public func stage(_ records: [DeltaRecord], in scope: Scope) throws {
        try commit()
        guard let overlay = overlays[scope], !overlay.isPublished else {
            throw ReplicaError.nothingStaged(scope: scope)
        }
        var check = try DeltaCheck(overlay.header, after: try lastStagedKey(in: scope))
        try check.check(records)
        try checkFoldable(records, overlay.header)
        try inTransaction {
            var rest = records[...]
            while !rest.isEmpty {
                var bytes = 0
                let part = rest.prefix { record in
                    defer { bytes += record.packed.bytes.count + 16 }
                    return bytes < StagedChunk.byteTarget
                }
                try save(StagedChunk(entries: part.map { .init(key: $0.key, packed: $0.packed) }))
                rest = rest.dropFirst(part.count)
            }
        }
    }

    /// Joins records as folding will, and keeps nothing of it: what cannot be folded in must be refused before it is
    /// published, when its scope could neither go on nor back. Most meet no row, and are folded in as they are.
    private func checkFoldable(_ records: [DeltaRecord], _ header: DeltaHeader) throws {
        let context = JoinContext(cut: header.cut.vector, before: vector(of: header.scope), reach: header.reach)
        var present = PresentKeys(tables)
        for record in records where quarantined.isEmpty || !quarantined.contains(record.key) {
            try withBytes(of: record.key) { bytes in
                let isFoldedAsIs = record.packed.isSmall && context.isAllNews(record.packed)
                if try isFoldedAsIs && !present.contains(bytes) { return }
                let mine = try loadRow(record.key, bytes).cells
                _ = try encode(try joined(mine, with: try record.cells(), key: record.key, context), record.key, bytes)
            }
        }
    }

    /// Forgets a cut that was staged and not published.
    public func dropStaged(_ scope: Scope) throws {
        guard let overlay = overlays[scope], !overlay.isPublished else { return }
        try commit()
        try inTransaction { try deleteStaged(scope) }
    }

    /// Makes a staged cut visible, whole, in one small commit; `fold` then moves it into the rows. A cut that is held already
    /// is dropped.
    ///
    /// - Parameter records: how many must be staged, if the sender told it; else `ReplicaError.incomplete` is thrown, and what is
    ///   staged is forgotten: nobody knows which are missing.
    public func publish(_ scope: Scope, records announced: UInt64? = nil) throws {
        try commit()
        guard var overlay = overlays[scope], !overlay.isPublished else {
            throw ReplicaError.nothingStaged(scope: scope)
        }
        if let announced {
            let count = try stagedRecordCount(in: scope)
            guard count == announced else {
                try dropStaged(scope)
                throw ReplicaError.incomplete(scope: scope, records: count, announced: announced)
            }
        }
        try check(overlay.header)
        // As with `join`: what comes again, or late, changes nothing, even if it says other things about what is held.
        guard !vector(of: scope).covers(overlay.header.cut.vector) else { return try dropStaged(scope) }
        overlay.before = vector(of: scope)
        try inTransaction {
            try save(overlay)
            try publish(overlay.header, from: overlay.sender)
        }
    }

    /// How much of a cut one step folds, in bytes as it was staged: few milliseconds' work, so that no till waits long, and
    /// enough that the commits do not take longer than the work.
    public static let foldByteBudget = 262_144

    /// Folds a part of a published cut into the rows, and commits it.
    ///
    /// - Parameters:
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    ///   - byteBudget: how much to fold; at least one staged chunk is.
    /// - Returns: whether anything is left to fold in any scope.
    public func fold(at milliseconds: Int64, byteBudget: Int = foldByteBudget) throws -> Bool {
        try commit()
        guard let (scope, overlay) = overlays.filter(\.value.isPublished).min(by: { $0.key < $1.key }) else { return false }
        try inTransaction {
            let (chunks, next) = try stagedChunks(in: scope, byteBudget: byteBudget)
            let entries = chunks.flatMap(\.chunk.entries)
            var news = News(scope: scope)
            let rest = try foldAbsent(
                besides: entries, of: overlay, from: chunks.first?.key, upTo: next, byteBudget, &news)
            guard rest == nil else {
                settleDigests(of: scope)
                overlays[scope]?.absentFrom = rest
                return
            }
            try fold(
                entries.compactMap { entry in entry.packed.map { DeltaRecord(key: entry.key, packed: $0) } },
                overlay.context, into: &news)
            for (key, _) in chunks { try tables.delete(.staged, key) }
            try save(news, of: overlay, isLast: next == nil)
            if next == nil { try noteClosed(overlay.header) }
            feedClock(news.stamps, at: milliseconds)
            try noteSystemRecords(entries.lazy.map(\.key))
        }
        return overlays.values.contains(where: \.isPublished)
    }

    /// Takes what a whole state does not name, as far as a step may go.
    ///
    /// - Returns: where to go on; nil if nothing is left before the next chunk.
    private func foldAbsent(
        besides entries: [StagedChunk.Entry], of overlay: Overlay, from first: [UInt8]?, upTo next: [UInt8]?,
        _ byteBudget: Int, _ news: inout News
    ) throws -> [UInt8]? {
        guard overlay.header.reach == .wholeState else { return nil }
        let prefix = RecordKey.prefix(news.scope)
        return try foldAbsent(
            besides: Set(entries.map(\.key)),
            from: overlay.absentFrom ?? (overlay.hasFolded ? first : nil) ?? prefix, upTo: next ?? prefix.upperBound,
            limit: max(1, byteBudget / Self.bytesPerAbsentKey), overlay.context, into: &news)
    }

    /// A look at a record that a whole state does not name takes about as long as folding so much.
    private static let bytesPerAbsentKey = 256

    /// The cuts that are on their way in: for status.
    public var stagedCuts: [(header: DeltaHeader, isPublished: Bool)] {
        overlays.sorted { $0.key < $1.key }.map { ($0.value.header, $0.value.isPublished) }
    }

    private func save(_ news: News, of overlay: Overlay, isLast: Bool) throws {
        let (scope, before) = (news.scope, overlay.context.before)
        settleDigests(of: scope)
        for (origin, point) in overlay.header.cut.points where point.sequence > before.sequence(of: origin) {
            let last = isLast ? point.sequence : news.lastSequence(of: origin)
            guard let last else { continue }
            let range = before.sequence(of: origin) + 1...last
            for block in news.blocks(of: origin, isLast ? [point] : [], covering: range) {
                try merge(block, of: origin, in: scope)
            }
        }
        for (origin, stamp) in news.stamps { changing(scope).noteStamp(stamp, of: origin) }
        if isLast {
            try tables.delete(.transfer, RecordKey.prefix(scope))
            overlays[scope] = nil
        } else if overlay.hasFolded {
            overlays[scope]?.absentFrom = nil
        } else {
            var overlay = overlay
            (overlay.hasFolded, overlay.absentFrom) = (true, nil)
            try save(overlay)
        }
    }

    /// Adds a block to the index, where chunks of one cut may bring entries of the same sequence.
    private func merge(_ block: ChangeBlock, of origin: Origin, in scope: Scope) throws {
        var block = block
        let key = ChangeBlock.key(scope, codec.origins.number(of: origin), block.last)
        if let value = try tables.get(.change, key) {
            let present = try reading(.change, key) {
                try value.withUnsafeBytes { try ChangeBlock(scope, last: block.last, value: $0) }
            }
            block = ChangeBlock(
                first: min(block.first, present.first), last: block.last,
                hashes: block.hashes.isEmpty ? present.hashes : block.hashes, keys: block.keys + present.keys)
        }
        try save(block, of: origin, in: scope)
    }
}

extension Replica {
    private func save(_ overlay: Overlay) throws {
        try tables.put(.transfer, RecordKey.prefix(overlay.header.scope), overlay.value)
        overlays[overlay.header.scope] = overlay
    }

    private func save(_ chunk: StagedChunk) throws {
        guard let first = chunk.entries.first else { return }
        var writer = ByteWriter()
        first.key.encode(into: &writer)
        try tables.put(.staged, writer.bytes, chunk.value)
    }

    private func deleteStaged(_ scope: Scope) throws {
        let prefix = RecordKey.prefix(scope)
        try tables.deleteAll(.staged, from: prefix, upTo: prefix.upperBound)
        try tables.delete(.transfer, RecordKey.prefix(scope))
        overlays[scope] = nil
    }

    private func lastStagedKey(in scope: Scope) throws -> RecordKey? {
        try stagedChunk(in: scope, holding: RecordKey.prefix(scope).upperBound)?.chunk.entries.last?.key
    }

    /// A scope's first chunks, as many as fit a budget and one at least, and the key of the one behind them.
    private func stagedChunks(
        in scope: Scope, byteBudget: Int
    ) throws -> (chunks: [(key: [UInt8], chunk: StagedChunk)], next: [UInt8]?) {
        let prefix = RecordKey.prefix(scope)
        var chunks: [(key: [UInt8], chunk: StagedChunk)] = []
        var (budget, next) = (max(1, byteBudget), [UInt8]?.none)
        try tables.scan(.staged, from: prefix, upTo: prefix.upperBound) { key, value in
            guard budget > 0 else {
                next = Array(key)
                return false
            }
            budget -= value.count
            chunks.append((Array(key), try StagedChunk(value: value)))
            return true
        }
        return (chunks, next)
    }

    /// Runs a body as one durable transaction; nothing of it stays if it throws.
    ///
    /// - Parameter leavesRecords: the body writes no record.
    func inTransaction(leavesRecords: Bool = false, _ body: () throws -> Void) throws {
        do {
            try begin()
            if !leavesRecords { cache.removeAll() }
            try body()
            try saveChanges()
            try connection.commit(restating: Self.fileVersion)
            hasUncommitted = false
        } catch {
            try rollBack(after: error)
        }
    }
}
