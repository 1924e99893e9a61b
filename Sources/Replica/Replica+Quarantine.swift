public import CRDT

/// A damaged row is set aside, and its cells are fetched again from a peer that holds exactly as much.
extension Replica {
    /// Sets a record's damaged row aside. Reads and writes of the record are refused until it is mended; deltas that would
    /// need it, too.
    ///
    /// The digest keeps what the row held, so it tells when the record is whole again.
    public func quarantine(_ key: RecordKey) throws {
        try commit()
        try inTransaction {
            try withBytes(of: key) { bytes in
                let row = try tables.record(bytes) { Array($0) } ?? []
                try tables.put(.quarantine, Array(bytes), row)
                try tables.delete(.record, Array(bytes))
            }
        }
        quarantined.insert(key)
    }

    /// The records that wait for a peer, ascending.
    public var quarantinedKeys: [RecordKey] { quarantined.sorted() }

    /// Looks at every record's row: its checksum and its cells.
    ///
    /// - Returns: the keys of damaged rows, ascending.
    public func verifyRows() throws -> [RecordKey] {
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
        guard self.cut(of: key.scope) == cut, overlays[key.scope]?.isPublished != true else { return nil }
        return try record(key).cells
    }

    /// Puts a quarantined record back with a peer's cells, which the digests must confirm.
    ///
    /// - Parameters:
    ///   - cells: what `mendingCells` gave at this replica's own cut.
    ///   - digest: the peer's digest of the scope at that cut.
    /// - Returns: whether the digests agree again; if not, more is damaged.
    public func mend(_ key: RecordKey, with cells: [Cell], peerDigest digest: Hash128) throws -> Bool {
        guard quarantined.contains(key) else { return true }
        try commit()
        try inTransaction {
            try withBytes(of: key) { bytes in
                let row = try encode(cells, key, bytes)
                try saveOrigins()
                if !row.groups.isEmpty { try row.bytes.withUnsafeBytes { try tables.putRecord(bytes, $0) } }
                if row.hasMarks { try tables.put(.mark, Array(bytes), []) }
                try tables.delete(.quarantine, Array(bytes))
            }
        }
        quarantined.remove(key)
        return try self.digest(of: key.scope) == digest && recomputedDigest(of: key.scope) == digest
    }

    /// The digest of a scope, summed anew over every record.
    public func recomputedDigest(of scope: Scope) throws -> Hash128 {
        var sum = Hash128.zero
        let prefix = RecordKey.prefix(scope)
        try tables.scan(.record, from: prefix, upTo: prefix.upperBound) { bytes, value in
            for group in try codec.parse(value, key: bytes) {
                if let hash = try hash(of: group, in: value, bytes) { sum += hash }
            }
            return true
        }
        return sum
    }

    func loadQuarantine() throws {
        quarantined = []
        try tables.scan(.quarantine, from: [], upTo: [0xFF, 0xFF]) { key, _ in
            quarantined.insert(try RecordKey(row: key))
            return true
        }
    }
}
