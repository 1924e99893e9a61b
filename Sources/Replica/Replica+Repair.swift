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
    /// - Parameters:
    ///   - cells: the peer's, ascending by slot and dot; empty if it lacks the record.
    ///   - member: the peer.
    ///   - cut: the peer's, of the scope.
    /// - Returns: whether anything changed.
    /// - Throws: `ReplicaError.cutsDiffer` unless this replica stands at the cut.
    @discardableResult
    public func reconcile(_ key: RecordKey, with cells: [Cell], from member: UInt32, at cut: Cut) throws -> Bool {
        let records = cells.isEmpty ? [] : [try DeltaRecord(key: key, cells: cells)]
        return try reconcile(records, of: key.scope, from: member, at: cut) { _ in true } > 0
    }

    /// The same of several records, in one commit.
    ///
    /// Of two contents for one slot and dot a live one is kept over a touch mark, and each member's word counts for its own
    /// origins, the arbiter's for those of others; else the larger in its encoding. Touch marks that may be collected here stay
    /// away. The change index names the record for every cell that comes back, so that whoever lacks those transactions is
    /// told; whoever has them finds out by comparing digests. A follower of the feed is told by `repairs(of:)`.
    ///
    /// A peer that may not be trusted with an origin could make up cells for transactions of long ago. Its word is taken if
    /// the heads vouch for it: if, with all that it brings of the origin, the rows add up to what the head has counted.
    ///
    /// The heads' digests move with the rows, but for an origin whose head had counted just that all along. If another head
    /// was right about what the rows had lost it is wrong now: when all records are reconciled, `correctDigest` settles that.
    ///
    /// - Parameters:
    ///   - records: the peer's.
    ///   - sums: what this replica's rows add up to, if that is known.
    ///   - arbiter: the one of both that stands above the other; nil if neither does.
    ///   - isTrusted: whether the peer's word on an origin's cells is taken without more.
    /// - Returns: how many records changed.
    public func reconcile(
        _ records: [DeltaRecord], of scope: Scope, from member: UInt32, at cut: Cut, knowing sums: RowSums? = nil,
        under arbiter: UInt32? = nil, trusting isTrusted: (Origin) -> Bool
    ) throws -> Int {
        try commit()
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
        guard self.cut(of: scope) == cut else { throw ReplicaError.cutsDiffer(scope: scope) }
        let horizon = horizon(of: scope)
        let offered = try records.map { record in
            let cells = try record.cells()
            guard record.key.scope == scope else { throw ReplicaError.malformed(.keyOutsideScope(record.key)) }
            try checkForm(of: cells, record.key, at: cut)
            return (key: record.key, cells: cells.filter { !$0.isMark || !horizon.covers($0.dot) })
        }
        let union = CellUnion(of: identity.member, and: member, under: arbiter)
        let gains = try self.gains(of: offered, union, sums)
        // Of these the heads vouch for all that the peer brings.
        let proven = gains.filter { origin, gain in
            gain != .zero
                && (sums?.byOrigin[origin] ?? .zero) + gain == scopes[scope]?.head(of: origin).digest
        }
        try settleRecent()
        let changes = try offered.compactMap { key, cells in
            let believesAll = Mutants.isOn("repair-believes-anybody")
            let believed = cells.filter { believesAll || isTrusted($0.dot.origin) || proven[$0.dot.origin] != nil }
            return try change(of: key, by: believed, union)
        }
        guard !changes.isEmpty else { return 0 }
        try inTransaction {
            for change in changes { try make(change) }
            settleDigests(of: scope)
            for (origin, gain) in proven { changing(scope).changeDigest(of: origin, by: .zero - gain) }
            try noteRepair(of: scope)
            try noteSystemRecords(changes.lazy.map(\.key))
        }
        if let sums, !gains.isEmpty {
            let taken = gains.filter { isTrusted($0.key) || proven[$0.key] != nil }
            if taken.values.reduce(into: sums.total, { $0 += $1 }) == digest(of: scope) { doubtfulScopes.remove(scope) }
        }
        return changes.count
    }

    private struct Reconciliation {
        let key: RecordKey
        let old: Row?
        let new: Row
    }

    /// - Returns: nil if a record has all of these cells.
    private func change(of key: RecordKey, by cells: [Cell], _ union: CellUnion) throws -> Reconciliation? {
        try withBytes(of: key) { bytes in
            let loaded = try loadRow(key, bytes)
            let row = try encode(union.joined(loaded.cells, cells), key, bytes)
            return row.bytes == loaded.row?.bytes ?? [] ? nil : Reconciliation(key: key, old: loaded.row, new: row)
        }
    }

    private func make(_ change: Reconciliation) throws {
        try withBytes(of: change.key) { try store(change.new, $0, replacing: change.old) }
        let known = Set(change.old?.groups.map(\.dot) ?? [])
        for group in change.new.groups where !known.contains(group.dot) { try name(change.key, under: group.dot) }
    }

    /// What the rows would gain by what a peer brings, by origin; nothing if nobody knows what they add up to now.
    private func gains(
        of offered: [(key: RecordKey, cells: [Cell])], _ union: CellUnion, _ sums: RowSums?
    ) throws -> [Origin: Hash128] {
        guard let sums, let first = offered.first, try moment(of: first.key.scope) == sums.moment else { return [:] }
        for (key, cells) in offered {
            guard let change = try change(of: key, by: cells, union) else { continue }
            try withBytes(of: key) { try moveDigests($0, from: change.old ?? Row(), to: change.new) }
        }
        var gains: [Origin: Hash128] = [:]
        digestChanges.drain { gains[$0, default: .zero] += $1 }
        return gains
    }

    /// Sums a scope's digests anew over its rows: after records were reconciled, or if the sum itself was damaged.
    ///
    /// - Returns: whether they were wrong.
    /// - Complexity: linear in the records of the scope.
    @discardableResult
    public func correctDigest(of scope: Scope) throws -> Bool {
        try commit()
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
        if let key = quarantined.filter({ $0.scope == scope }).min() { throw ReplicaError.quarantined(key: key) }
        doubtfulScopes.remove(scope)
        guard try recomputedDigest(of: scope) != digest(of: scope) else { return false }
        try inTransaction(leavesRecords: true) { try sumAnew(scope) }
        return true
    }

    /// The same, by what the rows add up to, which need not be read again. What changed since they were summed up, or is set
    /// aside, makes the sums worthless.
    ///
    /// The heads are what remembers a row that is lost: whoever says that they are wrong, and may not be trusted with an
    /// origin, would have it forgotten.
    ///
    /// - Parameter isTrusted: whether the word of whoever holds the same rows is enough against an origin's head.
    /// - Returns: whether the digests are right now.
    @discardableResult
    public func correctDigest(with sums: RowSums, trusting isTrusted: (Origin) -> Bool = { _ in true }) throws -> Bool {
        try commit()
        guard overlays[sums.scope] == nil, sums.moment.aside.isEmpty, try moment(of: sums.scope) == sums.moment
        else { return false }
        if sums.total != digest(of: sums.scope) {
            try inTransaction(leavesRecords: true) {
                for (origin, head) in scopes[sums.scope]?.heads ?? [:] where isTrusted(origin) {
                    let difference = sums.byOrigin[origin, default: .zero] - head.digest
                    if difference != .zero { changing(sums.scope).changeDigest(of: origin, by: difference) }
                }
            }
        }
        guard sums.total == digest(of: sums.scope) else { return false }
        doubtfulScopes.remove(sums.scope)
        return true
    }

    func moment(of scope: Scope) throws -> ScopeMoment {
        ScopeMoment(
            scope: scope, cut: cut(of: scope), repairs: try repairs(of: scope),
            aside: quarantined.filter { $0.scope == scope }.sorted())
    }

    /// How often records of a scope were reconciled. A follower of the feed keeps it beside its cursor, and reads the scope
    /// anew when it is another: what comes back comes under transactions that the follower has seen.
    public func repairs(of scope: Scope) throws -> UInt64 {
        try refresh()
        return try Meta(connection).read(Self.repairsName(scope)) { reader throws(CodecError) in
            try reader.readVarint()
        } ?? 0
    }

    func noteRepair(of scope: Scope) throws {
        var writer = ByteWriter()
        writer.write(varint: try repairs(of: scope) + 1)
        try Meta(connection).set(Self.repairsName(scope), writer.bytes)
    }

    private static func repairsName(_ scope: Scope) -> String { "repairs \(scope.rawValue)" }

    func checkForm(of cells: [Cell], _ key: RecordKey, at cut: Cut) throws(ReplicaError) {
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
