public import CRDT

/// Touch marks go when every member has acknowledged them durably, never by age.
extension Replica {
    /// Decides, as the chain's registrar, that every member holds a scope up to what all of these vectors cover: marks below
    /// may go everywhere. The decision is a replicated record in the scope `chain`, and a horizon never falls back.
    ///
    /// - Parameters:
    ///   - acknowledged: what each other member has told to hold durably.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: the horizon now.
    @discardableResult
    public func advanceHorizon(
        of scope: Scope, acknowledged: [VersionVector], at milliseconds: Int64
    ) throws -> VersionVector {
        let agreed = acknowledged.reduce(vector(of: scope)) { agreed, held in
            Mutants.isOn("horizon-is-what-anybody-holds") ? agreed.joined(with: held) : agreed.met(with: held)
        }
        guard let present = try readHorizon(of: scope) else {
            throw ReplicaError.quarantined(key: SystemRecords.horizon(of: scope))
        }
        let horizon = present.joined(with: agreed)
        guard horizon != present else { return present }
        var writer = ByteWriter()
        horizon.encode(into: &writer)
        try perform(at: milliseconds) { transaction in
            try transaction.write(SystemRecords.horizon(of: scope)) { record, version in
                record.assign(.bytes(writer.bytes), to: SystemRecords.horizonSlot, at: version)
            }
        }
        return horizon
    }

    /// The scopes in which records hold touch marks, ascending.
    public func markedScopes() throws -> [Scope] {
        // From one scope's first to the next one's: headquarters hold thousands, and few of them are marked.
        var scopes: [Scope] = []
        var position: [UInt8]? = []
        while let from = position {
            position = nil
            try tables.scan(.mark, from: from, upTo: [0xFF, 0xFF]) { key, _ in
                let scope = try RecordKey(row: key).scope
                scopes.append(scope)
                position = RecordKey.prefix(scope).upperBound
                return false
            }
        }
        return scopes
    }

    /// How many records hold touch marks.
    public func markCount() throws -> Int {
        Int(try connection.integer("SELECT count(*) FROM mark") ?? 0)
    }

    /// Drops touch marks below the horizon.
    ///
    /// - Parameter limit: the most records to visit: a till is not stopped for long.
    /// - Returns: whether records with marks below their horizon may be left.
    public func collectMarks(limit: Int = 1000) throws -> Bool {
        try commitWork()
        var visited: [RecordKey] = []
        try tables.scan(.mark, from: [], upTo: [0xFF, 0xFF]) { key, _ in
            let key = try RecordKey(row: key)
            let isBusy = isStaging(key.scope) || quarantined.contains(key)
            if !isBusy, !collectable(in: key.scope).isEmpty { visited.append(key) }
            return true
        }
        guard !visited.isEmpty else { return false }
        var collected = 0
        try inTransaction {
            for key in visited where collected < limit {
                if try collectMarks(of: key) { collected += 1 }
            }
        }
        return collected >= limit
    }

    private func collectMarks(of key: RecordKey) throws -> Bool {
        try withBytes(of: key) { bytes in
            let loaded = try loadRow(key, bytes)
            var record = Record(sortedCells: loaded.cells)
            guard record.collectMarks(upTo: collectable(in: key.scope)) else { return false }
            let collected = loaded.cells.filter { $0.isMark && !record[$0.slot].contains($0) }.map(\.dot)
            if Mutants.isOn("collection-leaves-followers-behind") { return true }
            try requireRescan(
                of: key.scope, below: VersionVector(collected.map { .init(origin: $0.origin, sequence: $0.sequence) }))
            try store(try encode(record.cells, key, bytes), bytes, replacing: loaded.row)
            settleDigests(of: key.scope)
            return true
        }
    }

    /// Remembers up to where a delta's sender had collected touch marks: they are missing here, too, from now on, even if the
    /// registrar's decision has not arrived.
    func noteHorizon(_ header: DeltaHeader) throws {
        guard !horizon(of: header.scope).covers(header.horizon) else { return }
        try raiseHorizon(of: header.scope, by: header.horizon)
    }

    /// Remembers that marks of these transactions may be missing here.
    func raiseHorizon(of scope: Scope, by vector: VersionVector) throws {
        let horizon = (scopes[scope]?.toldHorizon ?? VersionVector()).joined(with: vector)
        var writer = ByteWriter()
        horizon.encode(into: &writer)
        try Meta(connection).set(toldHorizonName(scope), writer.bytes)
        scopes[scope]?.toldHorizon = horizon
    }

    func loadToldHorizons() throws {
        for scope in scopes.keys.sorted() {
            guard let bytes = try Meta(connection).get(toldHorizonName(scope)) else { continue }
            scopes[scope]?.toldHorizon = decodeHorizon(bytes) ?? VersionVector()
        }
    }

    private func toldHorizonName(_ scope: Scope) -> String { "horizon \(scope)" }

    /// Reads every scope's horizon anew: after a start, and whenever one was decided.
    func refreshHorizons() throws {
        decidedHorizons = [:]
        for key in try keys(of: .chain, collection: SystemRecords.horizons) {
            guard let scope = SystemRecords.horizonScope(key) else { continue }
            decidedHorizons.updateValue(try readHorizon(of: scope), forKey: scope)
        }
    }

    /// Up to where marks may be dropped: nowhere while the horizon cannot be read.
    private func collectable(in scope: Scope) -> VersionVector {
        decidedHorizons[scope] == .some(nil) ? VersionVector() : horizon(of: scope)
    }

    /// - Returns: nil if the record is damaged, or does not say anything that makes sense.
    private func readHorizon(of scope: Scope) throws -> VersionVector? {
        guard let record = try systemRecord(SystemRecords.horizon(of: scope)) else { return nil }
        guard let value = record.register(SystemRecords.horizonSlot)?.value else { return VersionVector() }
        guard case .bytes(let bytes) = value else { return nil }
        return decodeHorizon(bytes)
    }

    private func decodeHorizon(_ bytes: [UInt8]) -> VersionVector? {
        bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            let horizon = try? VersionVector(decoding: &reader, limit: DeltaHeader.originLimit)
            return reader.isAtEnd ? horizon : nil
        }
    }
}
