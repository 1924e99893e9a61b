public import CRDT

/// The change index grows by a block a transaction; compaction folds it, off the sale's path.
extension Replica {
    /// Compacts the index of one origin in one scope, from a position on.
    ///
    /// Entries go whose record no longer holds a cell of theirs: whoever lacks them is told by the cell that took their
    /// place, which only somebody who had seen them could write. What is left is packed into full blocks.
    ///
    /// - Parameter limit: the most entries to look at in one commit.
    /// - Returns: the position to go on from; nil at the end.
    public func compact(_ scope: Scope, _ origin: Origin, from sequence: UInt64, limit: Int = 4096) throws -> UInt64? {
        guard overlays[scope]?.isPublished != true else { return nil }
        try commit()
        var blocks: [ChangeBlock] = []
        var count = 0
        try scanBlocks(of: origin, in: scope, beyond: sequence) { block in
            blocks.append(block)
            count += block.entries.count
            return count < limit
        }
        guard let last = blocks.last?.last else { return nil }
        let kept = try blocks.flatMap(\.entries).filter { try isLive($0, of: origin, in: scope) }
            .sorted { $0.sequence < $1.sequence }
        let points = blocks.flatMap(\.hashes)
        let hashes = origin.member == identity.member ? points : thinned(points)
        let packed = ChangeBlock.blocks(kept, hashes, upTo: last)
        guard packed.count < blocks.count || kept.count < count else { return last }
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

    /// Of a foreign chain some points are enough to find out later where it forked.
    private func thinned(_ points: [ChainPoint]) -> [ChainPoint] {
        var kept: [ChainPoint] = []
        for point in points where point.sequence >= (kept.last?.sequence ?? 0) + 32 { kept.append(point) }
        if let last = points.last, kept.last != last { kept.append(last) }
        return kept
    }

    /// Whether a record still holds a cell of the transaction that an entry stands for.
    private func isLive(_ entry: ChangeBlock.Entry, of origin: Origin, in scope: Scope) throws -> Bool {
        let dot = Dot(origin: origin, sequence: entry.sequence)
        return try withBytes(of: entry.key(in: scope)) { bytes in
            try tables.record(bytes) { value in
                // A damaged row's entries stay: its cells will come back.
                guard let groups = try? codec.parse(value, key: bytes) else { return true }
                return groups.contains { $0.dot == dot }
            } ?? false
        }
    }

    /// Gives the space of what was deleted back to the file system. Not for a till at work: it copies the file.
    public func vacuum() throws {
        try commit()
        try connection.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
    }
}
