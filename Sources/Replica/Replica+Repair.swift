public import CRDT

/// Repairing what differs between two replicas that hold the same transactions of a scope.
///
/// The ordinary join cannot: at equal vectors, what one side lacks has died, so each would drop what the other has lost. Nobody
/// can tell a cell that died from one that was lost, and losing is worse: both sides keep the union. A cell that had died is
/// read beside what replaced it, as a concurrent one, until somebody writes over it.
extension Replica {
    /// Takes a peer's cells of a record into this replica's, at equal cuts. Afterwards, when the peer has done the same with
    /// this replica's former cells, both hold the same.
    ///
    /// Of two contents for one slot and dot a live one is kept over a touch mark, and each member's word counts for its own
    /// origins; else the larger in its encoding. Touch marks that may be collected here stay away. The change index names the
    /// record for every cell that comes back, so that whoever lacks those transactions is told; whoever has them finds out by
    /// comparing digests. A follower of the feed is told by `repairs(of:)`.
    ///
    /// The heads' digests move with the rows. If they were right about what the rows had lost they are wrong now: when all
    /// records are reconciled, `correctDigest(of:)` settles that.
    ///
    /// - Parameters:
    ///   - cells: the peer's, ascending by slot and dot; empty if it lacks the record.
    ///   - member: the peer.
    ///   - cut: the peer's, of the scope.
    /// - Returns: whether anything changed.
    /// - Throws: `ReplicaError.cutsDiffer` unless this replica stands at the cut.
    @discardableResult
    public func reconcile(_ key: RecordKey, with cells: [Cell], from member: UInt32, at cut: Cut) throws -> Bool {
        try commit()
        guard overlays[key.scope]?.isPublished != true else { throw ReplicaError.folding(scope: key.scope) }
        guard self.cut(of: key.scope) == cut else { throw ReplicaError.cutsDiffer(scope: key.scope) }
        guard !cells.isEmpty else { return false }
        try checkForm(of: cells, key, at: cut)
        try settleRecent()
        let horizon = horizon(of: key.scope)
        let union = CellUnion(of: identity.member, and: member)
        let theirs = cells.filter { !$0.isMark || !horizon.covers($0.dot) }
        return try withBytes(of: key) { bytes in
            let loaded = try loadRow(key, bytes)
            let row = try encode(union.joined(loaded.cells, theirs), key, bytes)
            guard row.bytes != loaded.row?.bytes ?? [] else { return false }
            try inTransaction {
                try store(row, bytes, replacing: loaded.row)
                settleDigests(of: key.scope)
                let known = Set(loaded.row?.groups.map(\.dot) ?? [])
                for group in row.groups where !known.contains(group.dot) { try name(key, under: group.dot) }
                try noteRepair(of: key.scope)
                try noteSystemRecords(CollectionOfOne(key))
            }
            return true
        }
    }

    /// Sums a scope's digests anew over its rows: after records were reconciled, or if the sum itself was damaged.
    ///
    /// - Returns: whether they were wrong.
    /// - Complexity: linear in the records of the scope.
    @discardableResult
    public func correctDigest(of scope: Scope) throws -> Bool {
        try commit()
        guard overlays[scope]?.isPublished != true else { throw ReplicaError.folding(scope: scope) }
        if let key = quarantined.filter({ $0.scope == scope }).min() { throw ReplicaError.quarantined(key: key) }
        guard try recomputedDigest(of: scope) != digest(of: scope) else { return false }
        try inTransaction(leavesRecords: true) { try sumAnew(scope) }
        return true
    }

    /// How often records of a scope were reconciled. A follower of the feed keeps it beside its cursor, and reads the scope
    /// anew when it is another: what comes back comes under transactions that the follower has seen.
    public func repairs(of scope: Scope) throws -> UInt64 {
        try refresh()
        return try Meta(connection).read(Self.repairsName(scope)) { reader throws(CodecError) in
            try reader.readVarint()
        } ?? 0
    }

    private func noteRepair(of scope: Scope) throws {
        var writer = ByteWriter()
        writer.write(varint: try repairs(of: scope) + 1)
        try Meta(connection).set(Self.repairsName(scope), writer.bytes)
    }

    private static func repairsName(_ scope: Scope) -> String { "repairs \(scope.rawValue)" }

    private func checkForm(of cells: [Cell], _ key: RecordKey, at cut: Cut) throws(ReplicaError) {
        _ = try DeltaRecord(key: key, cells: cells)
        for cell in cells {
            if case .held = cell.content { throw .malformed(.heldInSnapshot(key)) }
            guard cut.vector.covers(cell.dot) else { throw .malformed(.dotBeyondCut(key, cell.dot)) }
        }
    }

    /// Names a record in the change index where a transaction stands that wrote it.
    private func name(_ key: RecordKey, under dot: Dot) throws {
        var found: ChangeBlock?
        try scanBlocks(of: dot.origin, in: key.scope, beyond: dot.sequence - 1) { block in
            found = block
            return false
        }
        guard let block = found, !block.keys.contains(key) else { return }
        let named = ChangeBlock(
            first: block.first, last: block.last, hashes: block.hashes, keys: block.keys + CollectionOfOne(key))
        try save(named, of: dot.origin, in: key.scope)
    }
}
