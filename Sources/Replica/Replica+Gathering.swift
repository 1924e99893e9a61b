public import CRDT

/// Puts together what several peers tell of records that are set aside, none of whom holds as much as this replica.
///
/// While a record is aside, what others write to it is joined around it, and can be told to nobody: so two peers that have both
/// written to it will never hold what the other one wrote, and no one of them can say how the record stands here. But each of them
/// tells a state at a cut of its own, and states are joined in whatever order they come.
extension Replica {
    struct Gathering {
        var record = Record()
        /// Up to where everything that was written to the record is in it.
        var vector = VersionVector()
    }

    /// Adds what a peer tells of records that are aside to what others have told of them.
    ///
    /// - Parameters:
    ///   - records: as the peer holds them; without cells those that it does not hold.
    ///   - cut: the peer's.
    /// - Returns: the records as they stand at this replica's own cut; nil if that is where the peer stands, or if more must be
    ///   told of one of them first.
    public func gather(
        _ records: [(key: RecordKey, cells: [Cell])], of scope: Scope, at cut: Cut
    ) throws -> [(key: RecordKey, cells: [Cell])]? {
        let own = vector(of: scope)
        guard own.covers(cut.vector), own != cut.vector else { return nil }
        try checkChains(of: cut, in: scope)
        var whole: [(key: RecordKey, cells: [Cell])] = []
        for (key, cells) in records where key.scope == scope && quarantined.contains(key) {
            if !cells.isEmpty { try checkForm(of: cells, key, at: cut) }
            var gathering = gatherings[key] ?? Gathering()
            do {
                try gathering.record.join(cells, upTo: cut.vector, knowing: gathering.vector, reach: .wholeState)
            } catch {
                // One at least of those who have told of it is wrong: all of them are asked anew.
                gatherings[key] = nil
                return nil
            }
            gathering.vector = gathering.vector.joined(with: cut.vector)
            gatherings[key] = gathering
            if gathering.vector == own { whole.append((key, gathering.record.cells)) }
        }
        return whole.count == records.count ? whole : nil
    }
}
