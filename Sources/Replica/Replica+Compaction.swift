public import CRDT

/// The change index grows by a block a transaction; compaction folds it, off the sale's path.
extension Replica {
    /// Compacts the index of one origin in one scope, from a position on.
    ///
    /// A record stays named where its last cell of the origin stands: whoever lacks an earlier one lacks that one, too. If
    /// none is left, whoever lacks them is told by the cells that took their place, which only somebody who had seen them
    /// could write. What is left is packed into full blocks.
    ///
    /// - Parameter limit: the most keys to look at in one commit.
    /// - Returns: the position to go on from; nil at the end.
    public func compact(_ scope: Scope, _ origin: Origin, from sequence: UInt64, limit: Int = 4096) throws -> UInt64? {
        guard overlays[scope] == nil else { return nil }
        try settleRecent()
        var blocks: [ChangeBlock] = []
        var count = 0
        try scanBlocks(of: origin, in: scope, beyond: sequence) { block in
            blocks.append(block)
            count += block.keys.count
            return count < limit
        }
        guard let first = blocks.map(\.first).min(), let last = blocks.last?.last else { return nil }
        let kept = try Set(blocks.flatMap(\.keys)).compactMap { key -> ChangeBlock.Entry? in
            let sequence = try lastSequence(of: origin, in: key)
            guard let sequence else { return ChangeBlock.Entry(sequence: last, key: key) }
            if sequence == last, Mutants.isOn("compaction-forgets-the-newest") { return nil }
            return (first...last).contains(sequence) ? ChangeBlock.Entry(sequence: sequence, key: key) : nil
        }.sorted { ($0.sequence, $0.key) < ($1.sequence, $1.key) }
        let points = blocks.flatMap(\.hashes)
        let head = scopes[scope]?.head(of: origin).point.sequence ?? 0
        let hashes = origin.member == identity.member ? points : thinned(points, head: head)
        let packed = ChangeBlock.blocks(kept, hashes, covering: first...last)
        guard packed.count < blocks.count || kept.count < count || hashes.count < points.count else { return last }
        try inTransaction {
            let number = codec.origins.number(of: origin)
            for block in blocks { try tables.delete(.change, ChangeBlock.key(scope, number, block.last)) }
            for block in packed { try save(block, of: origin, in: scope) }
        }
        return last
    }

    /// Compacts the whole index.
    public func compact() throws {
        for (scope, state) in scopes.sorted(by: { $0.key < $1.key }) {
            for origin in state.vector.entries.map(\.origin) {
                var position: UInt64? = 0
                while let from = position { position = try compact(scope, origin, from: from) }
            }
        }
    }

    /// Of a foreign chain's past some points are enough to find out later that it forked. Its last transactions keep every
    /// point that is known, because peers still speak of them: as what they hold, and as the base of deltas on their way.
    private func thinned(_ points: [ChainPoint], head: UInt64) -> [ChainPoint] {
        var kept: [ChainPoint] = []
        for point in points {
            let isRecent = point.sequence + Self.denseSequences > head
            if isRecent || point.sequence >= (kept.last?.sequence ?? 0) + 32 { kept.append(point) }
        }
        if let last = points.last, kept.last != last { kept.append(last) }
        return kept
    }

    private static let denseSequences: UInt64 = 4096

    /// The last transaction of an origin of which a record still holds a cell: 0 if there is none, nil if nobody can tell,
    /// because the row is damaged and its cells will come back.
    private func lastSequence(of origin: Origin, in key: RecordKey) throws -> UInt64? {
        guard !quarantined.contains(key) else { return nil }
        return try withBytes(of: key) { bytes in
            let sequence = try tables.record(bytes) { value in
                try? codec.parse(value, key: bytes).last { $0.dot.origin == origin }?.dot.sequence ?? 0
            }
            return sequence ?? 0
        }
    }

    /// Gives the space of what was deleted back to the file system. Not for a till at work: it copies the file.
    public func vacuum() throws {
        try settleRecent()
        try connection.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
