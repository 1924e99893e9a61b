internal import CRDT

/// What a cut that is being folded in is joined against: the vectors on both sides when it was published.
struct JoinContext: Hashable {
    /// The sender's.
    let cut: VersionVector
    /// This replica's, before the cut became visible.
    let before: VersionVector
    let reach: DeltaReach

    /// Whether no cell is one that this replica holds, or held before it was replaced here: the record will not be empty.
    func isAllNews(_ packed: PackedCells) -> Bool {
        for group in packed.groups where group.isHeld || before.covers(group.dot) { return false }
        return true
    }
}

extension Replica {
    /// Joins deltas of different scopes, or of one after another: all of them, durable before this returns, or nothing.
    ///
    /// What was applied and not yet committed is committed first. Joining a delta again, late, or after others changes
    /// nothing that is already known.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970. Stamps ahead of it by more than
    ///   `Replica.stampBound` are joined like others, and feed no clock.
    /// - Parameter member: who sent them, as the connection has proved; what they bring of other members is marked until
    ///   those vouch for it (`relayed`). Nil marks nothing: for replicas of one process, and for files that a person brings
    ///   and answers for.
    /// - Returns: the number of records that changed.
    @discardableResult
    public func join(_ deltas: [Delta], at milliseconds: Int64, from member: UInt32? = nil) throws -> Int {
        try join(deltas.map { (delta: $0, from: member) }, at: milliseconds)
    }

    /// The same of deltas that several members have sent: so many of them cost one sync of the disk.
    @discardableResult
    public func join(_ deltas: [(delta: Delta, from: UInt32?)], at milliseconds: Int64) throws -> Int {
        try commitWork()
        do {
            var changed = 0
            for (delta, member) in deltas { changed += try joinUncommitted(delta, at: milliseconds, from: member) }
            try commit()
            return changed
        } catch {
            // What was refused at its header has changed nothing, and a failing disk need not be asked.
            guard uncommitted == .work else { throw error }
            try rollBack(after: error)
        }
    }

    private func joinUncommitted(_ delta: Delta, at milliseconds: Int64, from member: UInt32?) throws -> Int {
        let header = delta.header
        var deltaCheck = try DeltaCheck(header)
        try check(header)
        try deltaCheck.check(delta.records)
        let before = vector(of: header.scope)
        guard !before.covers(header.cut.vector) else { return 0 }
        guard overlays[header.scope] == nil else { throw ReplicaError.folding(scope: header.scope) }
        let context = JoinContext(cut: header.cut.vector, before: before, reach: header.reach)
        try begin()
        cache.removeAll()
        var news = News(scope: header.scope)
        try fold(delta.records, context, into: &news)
        if header.reach == .wholeState, !Mutants.isOn("absent-records-live-on") {
            let prefix = RecordKey.prefix(header.scope)
            _ = try foldAbsent(
                besides: Set(delta.records.map(\.key)), from: prefix, upTo: prefix.upperBound, limit: .max, context,
                into: &news)
        }
        try publish(header, from: member)
        try save(news, upTo: header.cut, before)
        feedClock(news.stamps, at: milliseconds)
        try noteSystemRecords(delta.records.lazy.map(\.key))
        try noteClosed(header)
        return news.changed
    }

    /// How far a stamp may run ahead of the wall clock and still move this replica's own, in milliseconds.
    public static let stampBound: Int64 = 60_000

    func feedClock(_ stamps: [(origin: Origin, stamp: HLC)], at milliseconds: Int64) {
        for (_, stamp) in stamps
        where stamp.milliseconds - Self.stampBound <= milliseconds || Mutants.isOn("far-stamps-feed-the-clock") {
            clock = max(clock, stamp)
        }
    }

    /// Asks whether a delta could be joined here, and changes nothing: its base, its horizon, the chains that it names.
    public func checkAcceptable(_ header: DeltaHeader) throws {
        _ = try DeltaCheck(header)
        try check(header)
    }

    /// Whether a delta may be joined here at all.
    func check(_ header: DeltaHeader) throws {
        let mine = vector(of: header.scope)
        for (origin, point) in header.base.points
        where point.sequence > mine.sequence(of: origin) && !Mutants.isOn("base-is-not-checked") {
            throw ReplicaError.baseUnknown(
                scope: header.scope, origin: origin, needs: point.sequence, have: mine.sequence(of: origin))
        }
        if header.reach == .namedSlots, !mine.isEmpty, !Mutants.isOn("delta-below-the-horizon-joined") {
            for entry in header.horizon.entries where entry.sequence > mine.sequence(of: entry.origin) {
                throw ReplicaError.belowHorizon(
                    scope: header.scope, origin: entry.origin, horizon: entry.sequence,
                    have: mine.sequence(of: entry.origin))
            }
        }
        let own = header.cut.vector.sequence(of: identity.origin)
        guard own <= mine.sequence(of: identity.origin) || Mutants.isOn("own-row-fetched-from-a-peer") else {
            throw ReplicaError.malformed(
                .inventsOwn(identity.origin, sequence: own, have: mine.sequence(of: identity.origin)))
        }
        try checkChains(of: header.base, in: header.scope)
        try checkChains(of: header.cut, in: header.scope)
        try checkRuns(of: header)
    }

    /// Finds forks whose hashes nobody can compare: of what both sides hold of an origin, the last transaction was made by the
    /// same opening of a replica. A copy that went on by itself was opened, and drew a run of its own.
    private func checkRuns(of header: DeltaHeader) throws {
        guard let state = scopes[header.scope] else { return }
        for (origin, point) in header.cut.points {
            let last = min(point.sequence, state.vector.sequence(of: origin))
            let dot = Dot(origin: origin, sequence: last)
            guard last > 0, let told = header.run(of: dot), let known = state.run(of: dot), told != known,
                !Mutants.isOn("clone-not-seen-by-its-runs")
            else { continue }
            throw forked(origin, at: last, in: header.scope)
        }
    }

    /// What a fold brought to light: entries for the change index, by origin.
    struct News {
        let scope: Scope
        var changed = 0
        private var origins: [(origin: Origin, stamp: HLC, entries: [ChangeBlock.Entry])] = []

        init(scope: Scope) {
            self.scope = scope
        }

        mutating func add(_ groups: [Row.Group], _ key: RecordKey, _ before: VersionVector) {
            changed += 1
            for group in groups where !before.covers(group.dot) { add(group.dot, group.stamp, key) }
        }

        /// Names a record that is set aside: what came of it will come again, with all of it, when it is mended.
        mutating func addAside(_ record: DeltaRecord, _ before: VersionVector) {
            for group in record.packed.groups where !before.covers(group.dot) { add(group.dot, group.stamp, record.key) }
        }

        private mutating func add(_ dot: Dot, _ stamp: HLC, _ key: RecordKey) {
            // Few origins bring news at once, and the last one brings most.
            let index = origins.lastIndex { $0.origin == dot.origin } ?? origins.count
            if index == origins.count { origins.append((dot.origin, .none, [])) }
            origins[index].stamp = max(origins[index].stamp, stamp)
            // Groups ascend by dot: a record is named where its last one stands.
            if let last = origins[index].entries.last, last.key == key { origins[index].entries.removeLast() }
            origins[index].entries.append(ChangeBlock.Entry(sequence: dot.sequence, key: key))
        }

        var stamps: [(origin: Origin, stamp: HLC)] { origins.map { ($0.origin, $0.stamp) } }

        /// Index blocks of one origin's entries.
        func blocks(
            of origin: Origin, _ hashes: [ChainPoint], covering range: ClosedRange<UInt64>
        ) -> [ChangeBlock] {
            var entries = origins.first { $0.origin == origin }?.entries ?? []
            if entries.count > ChangeBlock.joinedKeyTarget { entries.sort { $0.sequence < $1.sequence } }
            return ChangeBlock.blocks(entries, hashes, covering: range, keyTarget: ChangeBlock.joinedKeyTarget)
        }

        /// The last transaction of an origin of which there is an entry.
        func lastSequence(of origin: Origin) -> UInt64? {
            origins.first { $0.origin == origin }?.entries.map(\.sequence).max()
        }
    }

    func fold(_ records: [DeltaRecord], _ context: JoinContext, into news: inout News) throws {
        let folding = RecordFold(records, context, news, in: self)
        while folding.beginStretch() { try tables.recordFeed.write(folding) }
        try saveOrigins()
        for (key, hasMarks) in folding.markChanges {
            try key.withUnsafeBytes { try noteMarks(from: !hasMarks, to: hasMarks, $0) }
        }
        news = folding.news
        for position in folding.passed {
            let record = records[position]
            guard !quarantined.contains(record.key) else {
                news.addAside(record, context.before)
                continue
            }
            try withBytes(of: record.key) { bytes in
                try fold(try record.cells(), into: try loadRow(record.key, bytes), record.key, bytes, context, &news)
            }
        }
    }

    /// Joins a whole state with the records that it does not name: what the cut covers of them has died.
    ///
    /// - Parameters:
    ///   - first: the first key to look at.
    ///   - end: the key to stop before.
    ///   - limit: the most keys to look at.
    /// - Returns: where to go on; nil at the end.
    func foldAbsent(
        besides named: Set<RecordKey>, from first: [UInt8], upTo end: [UInt8], limit: Int, _ context: JoinContext,
        into news: inout News
    ) throws -> [UInt8]? {
        var absent: [RecordKey] = []
        var (count, next) = (0, [UInt8]?.none)
        try tables.scan(.record, from: first, upTo: end) { bytes, _ in
            guard count < limit else {
                next = Array(bytes)
                return false
            }
            count += 1
            let key = try RecordKey(row: bytes)
            if !named.contains(key) { absent.append(key) }
            return true
        }
        for key in absent {
            try withBytes(of: key) { try fold([], into: try loadRow(key, $0), key, $0, context, &news) }
        }
        return next
    }

    private func fold(
        _ cells: [Cell], into loaded: Loaded, _ key: RecordKey, _ bytes: UnsafeRawBufferPointer,
        _ context: JoinContext, _ news: inout News
    ) throws {
        let joined = try joined(loaded.cells, with: cells, key: key, context)
        let row = try encode(joined, key, bytes)
        if row.bytes == loaded.row?.bytes ?? [] { return }
        try store(row, bytes, replacing: loaded.row)
        news.add(row.groups, key, context.before)
    }

    func joined(
        _ mine: [Cell], with theirs: [Cell], key: RecordKey, _ context: JoinContext
    ) throws(ReplicaError) -> [Cell] {
        var record = Record(sortedCells: mine)
        do throws(JoinError) {
            try record.join(theirs, upTo: context.cut, knowing: context.before, reach: context.reach)
        } catch {
            throw .join(key: key, error)
        }
        return record.cells
    }

    /// Makes a cut visible: its points and runs.
    func publish(_ header: DeltaHeader, from member: UInt32?) throws {
        try noteProvenance(of: header, from: member)
        // Of what is held, the runs are known: nobody tells them anew.
        let before = vector(of: header.scope)
        for span in header.runs where span.from > before.sequence(of: span.origin) { try save(span, of: header.scope) }
        for (origin, point) in header.cut.points {
            let mine = scopes[header.scope]?.head(of: origin).point ?? Head.none.point
            if point.sequence > mine.sequence || Mutants.isOn("head-follows-a-peer-back") {
                changing(header.scope).setPoint(point, of: origin)
            }
        }
        try noteHorizon(header)
        if header.reach == .wholeState { try requireRescan(of: header.scope, below: vector(of: header.scope)) }
    }

    /// Writes what a fold brought to the change index.
    func save(_ news: News, upTo cut: Cut, _ before: VersionVector) throws {
        settleDigests(of: news.scope)
        for (origin, point) in cut.points
        where point.sequence > before.sequence(of: origin) && !Mutants.isOn("joined-cut-is-not-indexed") {
            let range = before.sequence(of: origin) + 1...point.sequence
            for block in news.blocks(of: origin, [point], covering: range) {
                try save(block, of: origin, in: news.scope)
            }
        }
        for (origin, stamp) in news.stamps { changing(news.scope).noteStamp(stamp, of: origin) }
    }
}
