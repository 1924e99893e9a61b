public import CRDT

/// A damaged row is set aside, and its cells are fetched again from a peer that holds exactly as much.
extension Replica {
    /// Sets a record's damaged row aside. Until it is mended, reads and writes of the record are refused, and so are deltas
    /// from here that would name it. Deltas from others are joined around it: what they say of it comes again with the
    /// mending, which takes a peer that holds exactly as much.
    public func quarantine(_ key: RecordKey) throws {
        try commit()
        // What was set aside must not be written over.
        guard !quarantined.contains(key) else { return }
        try inTransaction {
            try withBytes(of: key) { bytes in
                let row = try tables.record(bytes) { Array($0) } ?? []
                try tables.put(.quarantine, Array(bytes), row)
                try tables.delete(.record, Array(bytes))
            }
            try noteAside(key)
        }
        quarantined.insert(key)
        try noteSystemRecords([key])
    }

    /// Sets a record aside if its row is damaged: what somebody met may have been mended since.
    ///
    /// - Returns: whether it is aside now.
    @discardableResult
    public func quarantineIfDamaged(_ key: RecordKey) throws -> Bool {
        try commit()
        guard !quarantined.contains(key) else { return true }
        let isWhole = try withBytes(of: key) { bytes in
            do {
                _ = try loadRow(key, bytes)
                return true
            } catch ReplicaError.damagedRow {
                return false
            }
        }
        if !isWhole { try quarantine(key) }
        return !isWhole
    }

    /// The records that wait for a peer, ascending.
    public var quarantinedKeys: [RecordKey] { quarantined.sorted() }

    /// Looks at every row: the checksums of all tables, and the cells of every record. This finds what reading cannot, too: a
    /// row that damage has put under another key.
    ///
    /// - Returns: the keys of records whose rows are damaged, ascending.
    /// - Throws: `StorageError.damagedTable` if a row of another table is.
    public func verifyRows() throws -> [RecordKey] {
        for table in Table.allCases where table != .record {
            try tables.scan(table, from: [], upTo: [0xFF, 0xFF]) { _, _ in true }
        }
        var damaged: [RecordKey] = []
        try tables.scan(.record, from: [], upTo: [0xFF, 0xFF]) { bytes, value in
            let groups = try? codec.parse(value, key: bytes)
            if try groups.map({ try PackedCells.cells(value, $0) }) == nil { damaged.append(try RecordKey(row: bytes)) }
            return true
        }
        return damaged
    }

    /// What a peer at the same vector needs to mend a record of its own.
    ///
    /// - Parameter cut: the peer's.
    /// - Returns: nil unless both hold exactly the same transactions of the scope.
    public func mendingCells(_ key: RecordKey, for cut: Cut) throws -> [Cell]? {
        guard self.cut(of: key.scope) == cut, overlays[key.scope] == nil else { return nil }
        return try record(key).cells
    }

    /// Puts a quarantined record back with a peer's cells, which the digests must confirm.
    ///
    /// - Parameters:
    ///   - cells: what `mendingCells` gave at this replica's own cut.
    ///   - digest: the peer's digest of the scope at that cut.
    /// - Returns: whether the digests agree again; if not, more is damaged, or still set aside.
    public func mend(_ key: RecordKey, with cells: [Cell], peerDigest digest: Hash128) throws -> Bool {
        try commit()
        if quarantined.contains(key) {
            try inTransaction { try putBack(key, cells) }
            noteMended(key.scope)
        }
        return !isAside(key.scope) && self.digest(of: key.scope) == digest
    }

    /// Puts quarantined records of a scope back, as far as a peer's answer tells all of them: because both hold exactly as
    /// much, or because only this member's own movements are missing there, which are counted again from their facts.
    ///
    /// Nobody who is not trusted can make cells up by this, or leave any out: at equal cuts the heads must vouch for what it
    /// brings, or the records stay aside (`unprovenCount`).
    ///
    /// - Parameters:
    ///   - records: as the peer holds them; without cells those that it does not hold.
    ///   - cut: the peer's.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    ///   - isTrusted: whether the peer's word on an origin's cells is taken without more.
    /// - Returns: how many were put back.
    /// - Complexity: linear in the records of the scope, once for all of them.
    public func mend(
        _ records: [(key: RecordKey, cells: [Cell])], of scope: Scope, peer cut: Cut, at milliseconds: Int64,
        trusting isTrusted: (Origin) -> Bool
    ) throws -> Int {
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
        let waiting = records.filter { $0.key.scope == scope && quarantined.contains($0.key) }
        guard !waiting.isEmpty else { return 0 }
        for (key, cells) in waiting where !cells.isEmpty { try checkForm(of: cells, key, at: cut) }
        let isEqual = self.cut(of: scope) == cut
        // What is left out is a statement, too: so it takes trust about everybody who has written here.
        let origins = vector(of: scope).entries.map(\.origin)
        let trustsOthers = origins.allSatisfy { $0 == identity.origin || isTrusted($0) }
        // Counters are caches: nobody's word but the facts' is taken for this incarnation's own, nor that it has none.
        let countsHere = vector(of: scope).sequence(of: identity.origin) > 0
        let counters = waiting.filter { countsHere && isOfCounters($0.key.collection) }
        let others = waiting.filter { !countsHere || !isOfCounters($0.key.collection) }
        let isBelieved = trustsOthers && isTrusted(identity.origin)
        if isEqual, !isBelieved || !counters.isEmpty, try putBack(waiting, of: scope, isBelieved: false) {
            return waiting.count
        }
        // At another cut nothing could be proven: that speaks neither for it nor against it.
        if isEqual, !isBelieved { noteUnproven(waiting, of: scope, at: cut) }
        guard trustsOthers else { return 0 }
        var count = 0
        if isEqual, isBelieved, !others.isEmpty, try putBack(others, of: scope, isBelieved: true) { count = others.count }
        do {
            if try mendCounters(counters, of: scope, peer: cut, at: milliseconds) { count += counters.count }
        } catch ReplicaError.quarantined {
            // The facts must be mended first.
        }
        return count
    }

    /// How often just this was told of records that are aside, and nothing else, since this replica stands at a cut, and could
    /// not be proven: 0 once two have contradicted each other.
    public func unprovenCount(
        of records: [(key: RecordKey, cells: [Cell])], of scope: Scope, at cut: Cut
    ) -> Int {
        let waiting = records.filter { $0.key.scope == scope && quarantined.contains($0.key) }
        guard let answers = unprovenAnswers[scope], answers.cut == cut else { return 0 }
        return answers.count(of: hashes(of: waiting))
    }

    private func noteUnproven(_ records: [(key: RecordKey, cells: [Cell])], of scope: Scope, at cut: Cut) {
        let known = unprovenAnswers[scope].flatMap { $0.cut == cut ? $0 : nil }
        var answers = known ?? UnprovenAnswers(at: cut)
        answers.note(hashes(of: records))
        unprovenAnswers[scope] = answers
    }

    private func hashes(of records: [(key: RecordKey, cells: [Cell])]) -> [RecordKey: Hash128] {
        let hashes = records.map { key, cells in
            withBytes(of: key) { bytes in
                (key, chainHasher.hash(cells.isEmpty ? [] : codec.encode(cells, key: bytes).bytes))
            }
        }
        return Dictionary(hashes) { first, _ in first }
    }

    private struct Unproven: Error {}

    /// - Parameter isBelieved: else the heads must say, once nothing of the scope is aside, what they said before.
    private func putBack(
        _ records: [(key: RecordKey, cells: [Cell])], of scope: Scope, isBelieved: Bool
    ) throws -> Bool {
        try commit()
        let digest = digest(of: scope)
        let told = Set(records.map(\.key))
        guard isBelieved || quarantined.allSatisfy({ $0.scope != scope || told.contains($0) }) else { return false }
        do {
            try inTransaction {
                for (key, cells) in records { try putBack(key, cells) }
                let isProven = self.digest(of: scope) == digest || Mutants.isOn("mending-is-not-proven")
                guard isBelieved || isProven else { throw Unproven() }
                try noteRepair(of: scope)
            }
            noteMended(scope)
            return true
        } catch is Unproven {
            return false
        }
    }

    private func noteMended(_ scope: Scope) {
        unprovenAnswers[scope] = nil
        gatherings = gatherings.filter { quarantined.contains($0.key) }
        if !isAside(scope) { doubtfulScopes.remove(scope) }
    }

    /// Whether a record of a scope is set aside.
    public func isAside(_ scope: Scope) -> Bool { quarantined.contains { $0.scope == scope } }

    /// Puts a quarantined record of counters back when a peer lacks nothing of its scope but this member's own transactions:
    /// with the peer's cells, and this member's own shares counted again from its facts.
    ///
    /// Counters are the only cells of this member's own that can be made up; a record of anything else stays aside.
    ///
    /// - Parameters:
    ///   - cells: the record at the peer.
    ///   - cut: the peer's, of the scope.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: whether it was put back.
    /// - Throws: `ReplicaError.quarantined` if a record of facts is set aside, without which the count would be too low.
    public func mendCounters(
        of key: RecordKey, with cells: [Cell], peer cut: Cut, at milliseconds: Int64
    ) throws -> Bool {
        try mendCounters([(key: key, cells: cells)], of: key.scope, peer: cut, at: milliseconds)
    }

    private func mendCounters(
        _ records: [(key: RecordKey, cells: [Cell])], of scope: Scope, peer cut: Cut, at milliseconds: Int64
    ) throws -> Bool {
        let (mine, theirs) = (vector(of: scope), cut.vector)
        let isOwnNews =
            mine.covers(theirs)
            && mine.entries.allSatisfy {
                $0.origin.member == identity.member || $0.sequence == theirs.sequence(of: $0.origin)
            }
        guard isOwnNews, !records.isEmpty, overlays[scope] == nil,
            records.allSatisfy({ quarantined.contains($0.key) && isOfCounters($0.key.collection) })
        else { return false }
        try checkChains(of: cut, in: scope)
        try commit()
        do {
            try begin()
            try noteRecount()
            // What this incarnation counted is told by its facts alone.
            for (key, cells) in records { try putBack(key, cells.filter { $0.dot.origin != identity.origin }) }
            try noteRepair(of: scope)
            // Once for all of them: it looks at every fact.
            try recountOwn(Set(records.map(\.key)), at: milliseconds)
        } catch {
            try rollBack(after: error)
        }
        noteMended(scope)
        return true
    }

    private func isOfCounters(_ collection: UInt16) -> Bool {
        schema[collection]?.fields.allSatisfy { if case .counter = $0.kind { true } else { false } } ?? false
    }

    /// Writes a quarantined record's row anew. With the last one of its scope the digests are summed anew, too: while records
    /// were aside, nobody could say what of them had changed.
    private func putBack(_ key: RecordKey, _ cells: [Cell]) throws {
        cache.removeAll()
        try withBytes(of: key) { bytes in
            let row = try encode(cells, key, bytes)
            try saveOrigins()
            if row.groups.isEmpty {
                // A row of the engine's own may be aside where it stands.
                try tables.delete(.record, Array(bytes))
            } else {
                try row.bytes.withUnsafeBytes { try tables.putRecord(bytes, $0) }
            }
            if row.hasMarks { try tables.put(.mark, Array(bytes), []) } else { try tables.delete(.mark, Array(bytes)) }
            try tables.delete(.quarantine, Array(bytes))
        }
        try forgetAside(key)
        quarantined.remove(key)
        try noteSystemRecords(CollectionOfOne(key))
        // Whoever lacks something that could not be told meanwhile is told now.
        committedScopes.insert(key.scope)
        guard !isAside(key.scope) else { return }
        try sumAnew(key.scope)
    }

    /// Makes the heads' digests say what the rows add up to.
    func sumAnew(_ scope: Scope) throws {
        let sums = try recomputedDigests(of: scope)
        for (origin, head) in scopes[scope]?.heads ?? [:] {
            var difference = sums[origin] ?? .zero
            difference -= head.digest
            if difference != .zero { changing(scope).changeDigest(of: origin, by: difference) }
        }
    }

    /// The digest of a scope, summed anew over every record.
    public func recomputedDigest(of scope: Scope) throws -> Hash128 {
        try recomputedDigests(of: scope).values.reduce(into: .zero) { $0 += $1 }
    }

    /// By the origin of the cells.
    private func recomputedDigests(of scope: Scope) throws -> [Origin: Hash128] {
        var sums: [Origin: Hash128] = [:]
        let prefix = RecordKey.prefix(scope)
        try tables.scan(.record, from: prefix, upTo: prefix.upperBound) { bytes, value in
            do throws(CodecError) {
                for group in try codec.parse(value, key: bytes) {
                    if let hash = try hash(of: group, in: value, bytes) { sums[group.dot.origin, default: .zero] += hash }
                }
            } catch {
                throw ReplicaError.damagedRow(key: try RecordKey(row: bytes))
            }
            return true
        }
        return sums
    }

    func loadQuarantine() throws {
        quarantined = []
        try tables.scan(.quarantine, from: [], upTo: [0xFF, 0xFF]) { key, _ in
            quarantined.insert(try RecordKey(row: key))
            return true
        }
    }
}
