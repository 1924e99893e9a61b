public import CRDT

/// The keys and the header of a delta, before its records are read: taken from one snapshot.
public struct Extraction: Sendable {
    public let header: DeltaHeader
    /// Ascending. For a snapshot every key of the scope.
    public let keys: [RecordKey]
    /// There are more keys than whoever asked wanted to know of: none is listed, and no record can be read by this.
    public var exceedsLimit = false
}

extension Replica {
    /// Finds what a peer lacks: through the change index, so that the effort follows the news and not the data.
    ///
    /// What was applied and not yet committed is committed first: a peer never hears of what a power cut could take back.
    ///
    /// - Parameters:
    ///   - base: the peer's cut of the scope.
    ///   - limit: if there are more keys, the search for them ends, and the extraction only says so.
    /// - Returns: nil if the peer lacks nothing; no record is read to find that out.
    public func extraction(_ scope: Scope, for base: Cut, keyLimit limit: Int = .max) throws -> Extraction? {
        try commit()
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
        guard let state = scopes[scope], !base.vector.covers(state.vector) else { return nil }
        try checkChains(of: base, in: scope)
        let cut = state.cut
        let horizon = horizon(of: scope)
        // Not even to whoever holds nothing: it may have written something by the time that this arrives.
        let isAbove = base.vector.covers(horizon) || Mutants.isOn("whole-state-is-never-sent")
        let reach: DeltaReach = isAbove ? .namedSlots : .wholeState
        // A whole state is for anybody, whatever he holds: so it tells all runs.
        let met = reach == .wholeState ? Cut() : base.met(by: state)
        let header = DeltaHeader(
            scope: scope, base: met, cut: cut, horizon: horizon, reach: reach,
            runs: Mutants.isOn("runs-are-not-told") ? [] : state.runs(for: reach == .wholeState ? Cut() : base))
        let keys =
            reach == .wholeState || base.vector.isEmpty
            ? try self.keys(of: scope) : try changedKeys(in: scope, beyond: base.vector, limit: limit)
        guard let keys, keys.count <= limit else { return Extraction(header: header, keys: [], exceedsLimit: true) }
        return Extraction(header: header, keys: keys)
    }

    /// Reads the records of an extraction, from a position on, as long as they fit a budget of packed bytes.
    ///
    /// All pieces are of one moment: once the scope has changed they are refused, because what was overwritten meanwhile would
    /// be missing from them. Whoever has to write between two pieces extracts by a reader (`Replica.read`).
    ///
    /// - Returns: the records, and the position after them.
    public func records(
        of extraction: Extraction, from position: Int, byteBudget: Int
    ) throws -> (records: [DeltaRecord], next: Int) {
        precondition(!extraction.exceedsLimit, "an extraction that lists no keys is not read by")
        let header = extraction.header
        guard vector(of: header.scope) == header.cut.vector, horizon(of: header.scope) == header.horizon else {
            throw ReplicaError.movedOn(scope: header.scope)
        }
        var records: [DeltaRecord] = []
        var (next, budget) = (position, byteBudget)
        try inOneRead {
            while next < extraction.keys.count, budget > 0 {
                let key = extraction.keys[next]
                let packed = try news(of: key, header)
                if !packed.groups.isEmpty { records.append(DeltaRecord(key: key, packed: packed)) }
                budget -= packed.bytes.count
                next += 1
            }
        }
        return (records, next)
    }

    /// Runs a body that reads many rows, and takes SQLite's locks for all of them at once: for each they cost more than its
    /// row.
    private func inOneRead(_ body: () throws -> Void) throws {
        guard !connection.isInTransaction else { return try body() }
        try connection.execute("BEGIN")
        do {
            try body()
            try connection.execute("COMMIT")
        } catch {
            // The disk may have ended it already.
            try? connection.execute("ROLLBACK")
            throw error
        }
    }

    /// What a delta says about a record: as it is stored, if all of it is news.
    ///
    /// A whole state has no base, so all of it is, touch marks included: those that are left have not been seen by everybody,
    /// and whoever holds the cut must be able to tell of them.
    private func news(of key: RecordKey, _ header: DeltaHeader) throws -> PackedCells {
        try withBytes(of: key) { bytes in
            guard let row = try packedRow(key, bytes) else { return PackedCells() }
            if row.groups.allSatisfy({ !header.base.vector.covers($0.dot) }) { return row }
            do throws(CodecError) {
                if let news = try row.news(beyond: header.base.vector, &cellBuffer) { return news }
                return PackedCells(Record(sortedCells: try row.cells()).delta(beyond: header.base.vector))
            } catch {
                throw ReplicaError.damagedRow(key: key)
            }
        }
    }

    /// Everything that a peer lacks of a scope, in one piece.
    public func delta(_ scope: Scope, for base: Cut) throws -> Delta? {
        guard let extraction = try extraction(scope, for: base) else { return nil }
        let (records, _) = try records(of: extraction, from: 0, byteBudget: .max)
        return Delta(header: extraction.header, records: records)
    }

    /// The keys that changed in a scope beyond a vector, ascending, and perhaps some that did not.
    func changedKeys(in scope: Scope, beyond vector: VersionVector) throws -> [RecordKey] {
        try changedKeys(in: scope, beyond: vector, limit: .max) ?? []
    }

    /// - Returns: nil if there are more than a limit, as soon as that is known.
    private func changedKeys(in scope: Scope, beyond vector: VersionVector, limit: Int) throws -> [RecordKey]? {
        var keys = GatheredKeys()
        for (origin, head) in scopes[scope]?.heads ?? [:] {
            let known = vector.sequence(of: origin)
            guard head.point.sequence > known else { continue }
            var last = bridged(known, of: origin, in: scope)
            try scanBlocks(of: origin, in: scope, beyond: known) { block in
                // Blocks follow each other without a gap: else one is missing.
                guard block.first <= last + 1 else { return false }
                keys.add(block.keys)
                last = bridged(max(last, block.last), of: origin, in: scope)
                return keys.knownCount <= limit
            }
            if keys.knownCount > limit { return nil }
            guard last >= head.point.sequence else {
                throw StorageError.damagedTable(path: path, table: .change, scope: scope)
            }
        }
        guard let overlay = overlays[scope], !vector.covers(overlay.header.cut.vector) else {
            return keys.takeAll()
        }
        // What is not folded yet is visible already, and not in the index.
        let staged = try overlay.header.reach == .wholeState ? self.keys(of: scope) : stagedKeys(in: overlay)
        keys.add(staged)
        return keys.takeAll()
    }

    /// Where the index goes on: behind a cut that is being folded in, because its blocks come with the folds.
    private func bridged(_ sequence: UInt64, of origin: Origin, in scope: Scope) -> UInt64 {
        guard let overlay = overlays[scope], let before = overlay.before else { return sequence }
        return sequence < before.sequence(of: origin)
            ? sequence : max(sequence, overlay.header.cut.vector.sequence(of: origin))
    }

    /// Every key of a scope, or of one of its collections, ascending; also of records that are set aside, because what cannot
    /// be read must not pass for absent.
    public func keys(of scope: Scope, collection: UInt16? = nil) throws -> [RecordKey] {
        try refresh()
        let prefix = RecordKey.prefix(scope, collection)
        var keys: [RecordKey] = []
        try tables.scan(.record, from: prefix, upTo: prefix.upperBound) { key, _ in
            keys.append(try RecordKey(row: key))
            return true
        }
        let isWanted = { (key: RecordKey) in key.scope == scope && (collection == nil || key.collection == collection) }
        let aside = quarantined.filter(isWanted)
        guard let overlay = overlays[scope] else {
            return aside.isEmpty ? keys : (keys + aside).sorted()
        }
        return Set(keys).union(try stagedKeys(in: overlay).filter(isWanted)).union(aside).sorted()
    }

    /// Visits the blocks of an origin whose last sequence lies beyond one, in order, until `visit` returns false.
    func scanBlocks(
        of origin: Origin, in scope: Scope, beyond sequence: UInt64, _ visit: (ChangeBlock) throws -> Bool
    ) throws {
        let number = codec.origins.number(of: origin)
        let first = ChangeBlock.key(scope, number, sequence + 1)
        var goesOn = true
        try tables.scan(.change, from: first, upTo: Head.key(scope, number).upperBound) { key, value in
            let (_, dot) = try readOwner(key)
            goesOn = try visit(try ChangeBlock(scope, last: dot.sequence, value: value))
            return goesOn
        }
        guard goesOn, origin == identity.origin, !Mutants.isOn("extraction-forgets-the-recent") else { return }
        for block in scopes[scope]?.recent ?? [] where block.last > sequence {
            guard try visit(block) else { return }
        }
    }

    /// Finds forks: wherever both sides know an origin's hash at the same sequence, it must be the same.
    func checkChains(of cut: Cut, in scope: Scope) throws {
        guard let state = scopes[scope] else { return }
        for (origin, point) in cut.points {
            let mine = state.head(of: origin).point
            guard point.sequence <= mine.sequence else { continue }
            if let hash = try knownHash(of: origin, at: point.sequence, in: scope), hash != point.hash,
                !Mutants.isOn("fork-is-not-seen")
            {
                throw forked(origin, at: point.sequence, in: scope)
            }
        }
    }

    /// Notes that two histories of an origin were found.
    func forked(_ origin: Origin, at sequence: UInt64, in scope: Scope) -> ReplicaError {
        if origin.member != identity.member { noteContested(scope) }
        return .forked(scope: scope, origin: origin, sequence: sequence)
    }

    /// What is known here of an origin's chain.
    public func knowledge(of origin: Origin, in scope: Scope) throws -> ChainKnowledge {
        var points: [ChainPoint] = []
        try scanBlocks(of: origin, in: scope, beyond: 0) { block in
            points += block.hashes
            return true
        }
        return ChainKnowledge(
            last: vector(of: scope).sequence(of: origin), points: points, runs: scopes[scope]?.runs[origin] ?? [])
    }

    /// The hash of an origin's chain at its head or an earlier point, if it is known.
    func knownHash(of origin: Origin, at sequence: UInt64, in scope: Scope) throws -> Hash128? {
        let head = scopes[scope]?.head(of: origin).point ?? Head.none.point
        if sequence == head.sequence { return head.hash }
        return sequence < head.sequence ? try hash(of: origin, at: sequence, in: scope) : nil
    }

    /// The hash of an origin's chain at an earlier point, if it is still known.
    func hash(of origin: Origin, at sequence: UInt64, in scope: Scope) throws -> Hash128? {
        guard sequence > 0 else { return nil }
        var hash: Hash128?
        try scanBlocks(of: origin, in: scope, beyond: sequence - 1) { block in
            hash = block.hashes.first { $0.sequence == sequence }?.hash
            return false
        }
        return hash
    }
}

extension Cut {
    /// What both sides hold, at this side's points where it holds less.
    fileprivate func met(by state: ScopeState) -> Cut {
        Cut(
            points.map { origin, point in
                let mine = state.head(of: origin).point
                return (origin, point.sequence > mine.sequence ? mine : point)
            })
    }
}
