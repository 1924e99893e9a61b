internal import CRDT

/// Large cuts arrive in pieces, survive a crash on the way, become visible whole, and stop nobody for long.
extension Replica {
    /// Begins to take a cut in, or resumes one that was interrupted.
    ///
    /// - Parameter member: who sends it, as for `join`. Nobody goes on with what another member began: each has a place of its
    ///   own.
    /// - Returns: the last key that is staged already: the sender goes on behind it. Another unfinished cut of the same scope
    ///   from the same sender is dropped.
    public func stage(_ header: DeltaHeader, from member: UInt32? = nil) throws -> RecordKey? {
        try commit()
        try checkAcceptable(header)
        try checkUnfolded(header.scope)
        let staging = Overlay(header: header, sender: member)
        if stagings[staging.place]?.header == header { return try lastStagedKey(at: staging.place) }
        try inTransaction {
            for place in heldStagings + [staging.place] { try deleteStaged(at: place) }
            try save(staging)
            if Mutants.isOn("vector-advanced-too-early") { try publish(header, from: member) }
        }
        return nil
    }

    /// What is staged of a scope and not published: its header, and the last key; nil if nothing is, or if it came from
    /// another member, with whose delta nobody else may go on.
    public func stagedPosition(
        of scope: Scope, from member: UInt32?
    ) throws -> (header: DeltaHeader, last: RecordKey)? {
        let place = StagingPlace(scope: scope, sender: member)
        guard let staging = stagings[place], let last = try lastStagedKey(at: place) else { return nil }
        return (staging.header, last)
    }

    /// Takes the next records of a staged cut, durably.
    ///
    /// - Parameter member: who sent its header.
    public func stage(_ records: [DeltaRecord], in scope: Scope, from member: UInt32? = nil) throws {
        try commit()
        var staging = try staging(of: scope, from: member)
        var check = try DeltaCheck(staging.header, after: try lastStagedKey(at: staging.place))
        try check.check(records)
        let namesAside = try !checkFoldable(records, staging.header)
        try inTransaction {
            if namesAside, !staging.isUnchecked {
                staging.isUnchecked = true
                try save(staging)
            }
            var rest = records[...]
            while !rest.isEmpty {
                var bytes = 0
                let part = rest.prefix { record in
                    defer { bytes += record.packed.bytes.count + 16 }
                    return bytes < StagedChunk.byteTarget
                }
                try save(StagedChunk(entries: part.map { .init(key: $0.key, packed: $0.packed) }), at: staging.place)
                rest = rest.dropFirst(part.count)
            }
        }
    }

    /// Joins records as folding will, and keeps nothing of it: what cannot be folded in must be refused before it is
    /// published, when its scope could neither go on nor back. Most meet no row, and are folded in as they are.
    ///
    /// - Returns: whether all were looked at: those that are aside cannot be.
    private func checkFoldable(_ records: [DeltaRecord], _ header: DeltaHeader) throws -> Bool {
        // As with `join`: what comes again is not looked into.
        guard !vector(of: header.scope).covers(header.cut.vector) else { return true }
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
        return quarantined.isEmpty || records.allSatisfy { !quarantined.contains($0.key) }
    }

    /// What was aside while it came may have been mended since.
    private func checkMended(_ staging: Overlay) throws {
        guard staging.isUnchecked else { return }
        let (chunks, _) = try stagedChunks(at: staging.place, byteBudget: .max)
        for (_, chunk) in chunks {
            let records = chunk.entries.compactMap { entry in entry.packed.map { DeltaRecord(key: entry.key, packed: $0) } }
            _ = try checkFoldable(records, staging.header)
        }
    }

    /// Forgets a cut that was staged and not published.
    ///
    /// - Parameter member: who sent it.
    public func dropStaged(_ scope: Scope, from member: UInt32? = nil) throws {
        let place = StagingPlace(scope: scope, sender: member)
        guard stagings[place] != nil else { return }
        try commit()
        try inTransaction { try deleteStaged(at: place) }
    }

    /// Makes a staged cut visible, whole, in one small commit; `fold` then moves it into the rows. A cut that is held already
    /// is dropped.
    ///
    /// - Parameters:
    ///   - member: who sent it.
    ///   - records: how many must be staged, if the sender told it; else `ReplicaError.incomplete` is thrown, and what is staged
    ///     is forgotten: nobody knows which are missing.
    public func publish(_ scope: Scope, from member: UInt32? = nil, records announced: UInt64? = nil) throws {
        try commit()
        var overlay = try staging(of: scope, from: member)
        if let announced {
            let count = try stagedRecordCount(at: overlay.place)
            guard count == announced || Mutants.isOn("staged-records-not-counted") else {
                try dropStaged(scope, from: member)
                throw ReplicaError.incomplete(scope: scope, records: count, announced: announced)
            }
        }
        try check(overlay.header)
        // As with `join`: what comes again, or late, changes nothing, even if it says other things about what is held.
        guard !vector(of: scope).covers(overlay.header.cut.vector) else { return try dropStaged(scope, from: member) }
        try checkMended(overlay)
        overlay.before = Mutants.isOn("cut-joined-against-itself") ? overlay.header.cut.vector : vector(of: scope)
        try inTransaction {
            try save(overlay)
            try publish(overlay.header, from: overlay.sender)
            for place in heldStagings { try deleteStaged(at: place) }
        }
    }

    /// Cuts whose senders never went on, and which have come by other ways meanwhile.
    private var heldStagings: [StagingPlace] {
        stagings.filter { vector(of: $0.key.scope).covers($0.value.header.cut.vector) }.keys.sorted()
    }

    /// What a member is sending of a scope.
    private func staging(of scope: Scope, from member: UInt32?) throws -> Overlay {
        try checkUnfolded(scope)
        guard let staging = stagings[StagingPlace(scope: scope, sender: member)] else {
            throw ReplicaError.nothingStaged(scope: scope)
        }
        return staging
    }

    private func checkUnfolded(_ scope: Scope) throws {
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
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
        guard let (scope, overlay) = overlays.min(by: { $0.key < $1.key }) else { return false }
        try inTransaction {
            let (chunks, next) = try stagedChunks(at: overlay.place, byteBudget: byteBudget)
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
            for (key, _) in chunks { try tables.delete(.staged, overlay.place.slot + key) }
            try save(news, of: overlay, isLast: next == nil)
            if next == nil { try noteClosed(overlay.header) }
            feedClock(news.stamps, at: milliseconds)
            try noteSystemRecords(entries.lazy.map(\.key))
        }
        return !overlays.isEmpty
    }

    /// Takes what a whole state does not name, as far as a step may go.
    ///
    /// - Returns: where to go on; nil if nothing is left before the next chunk.
    private func foldAbsent(
        besides entries: [StagedChunk.Entry], of overlay: Overlay, from first: [UInt8]?, upTo next: [UInt8]?,
        _ byteBudget: Int, _ news: inout News
    ) throws -> [UInt8]? {
        guard overlay.header.reach == .wholeState, !Mutants.isOn("absent-records-live-on") else { return nil }
        let prefix = RecordKey.prefix(news.scope)
        return try foldAbsent(
            besides: Set(entries.map(\.key)),
            from: overlay.absentFrom ?? (overlay.hasFolded ? first : nil) ?? prefix, upTo: next ?? prefix.upperBound,
            limit: max(1, byteBudget / Self.bytesPerAbsentKey), overlay.context, into: &news)
    }

    /// A look at a record that a whole state does not name takes about as long as folding so much.
    private static let bytesPerAbsentKey = 256

    /// The cuts that are on their way in, by scope: for status.
    public var stagedCuts: [(header: DeltaHeader, sender: UInt32?, isPublished: Bool)] {
        (Array(overlays.values) + stagings.values).sorted { $0.place < $1.place }.map { ($0.header, $0.sender, $0.isPublished) }
    }

    /// The scopes in which a cut is being folded in.
    public var foldingScopes: Set<Scope> { Set(overlays.keys) }

    /// Whether a cut of a scope is on its way in, or not folded in yet.
    func isStaging(_ scope: Scope) -> Bool {
        overlays[scope] != nil || stagings.keys.contains { $0.scope == scope }
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
            try tables.delete(.transfer, overlay.place.prefix)
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
                hashes: block.hashes.isEmpty ? present.hashes : block.hashes,
                keys: Mutants.isOn("folded-chunks-unname-each-other") ? block.keys : block.keys + present.keys)
        }
        try save(block, of: origin, in: scope)
    }
}

extension Replica {
    private func save(_ overlay: Overlay) throws {
        try tables.put(.transfer, overlay.place.prefix, overlay.value)
        note(overlay)
    }

    func note(_ overlay: Overlay) {
        if overlay.isPublished {
            stagings[overlay.place] = nil
            overlays[overlay.header.scope] = overlay
        } else {
            stagings[overlay.place] = overlay
        }
    }

    private func save(_ chunk: StagedChunk, at place: StagingPlace) throws {
        guard let first = chunk.entries.first else { return }
        var writer = ByteWriter()
        first.key.encode(into: &writer)
        try tables.put(.staged, place.slot + writer.bytes, chunk.value)
    }

    /// Of a cut that is not published.
    private func deleteStaged(at place: StagingPlace) throws {
        try tables.deleteAll(.staged, from: place.prefix, upTo: place.prefix.upperBound)
        try tables.delete(.transfer, place.prefix)
        stagings[place] = nil
    }

    private func lastStagedKey(at place: StagingPlace) throws -> RecordKey? {
        try stagedChunk(at: place, holding: RecordKey.prefix(place.scope).upperBound)?.chunk.entries.last?.key
    }

    /// A cut's first chunks with the keys of their first records, as many as fit a budget and one at least, and the key of the
    /// one behind them.
    private func stagedChunks(
        at place: StagingPlace, byteBudget: Int
    ) throws -> (chunks: [(key: [UInt8], chunk: StagedChunk)], next: [UInt8]?) {
        var chunks: [(key: [UInt8], chunk: StagedChunk)] = []
        var (budget, next) = (max(1, byteBudget), [UInt8]?.none)
        try tables.scan(.staged, from: place.prefix, upTo: place.prefix.upperBound) { key, value in
            guard budget > 0 else {
                next = Array(key.dropFirst(StagingPlace.slotCount))
                return false
            }
            budget -= value.count
            chunks.append((Array(key.dropFirst(StagingPlace.slotCount)), try StagedChunk(value: value)))
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
            uncommitted = .nothing
        } catch {
            try rollBack(after: error)
        }
    }
}
