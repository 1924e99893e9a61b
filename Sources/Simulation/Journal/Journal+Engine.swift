internal import CRDT
internal import Replica

/// What the engine has written for itself, told from what nobody has written.
extension Journal {
    /// The records that an origin has written beyond a sequence, if they are the engine's to write: its own, shares that were
    /// counted again, and what it had to write again.
    ///
    /// - Returns: nil if there is anything else: that is an invention, and stays unknown here.
    func keysOfEngine(
        beyond sequence: UInt64, of own: Origin, _ again: [JournalEntry], in scope: Scope, _ replica: Replica
    ) throws -> [RecordKey]? {
        let others = replica.vector(of: scope).entries.filter { $0.origin != own }
        let vector = VersionVector(others + [.init(origin: own, sequence: sequence)])
        guard case .changes(let keys) = try replica.feed(of: scope, beyond: vector) else { return [] }
        let known = Set(again.flatMap { $0.effects.map(\.key) })
        // Records of which marks were dropped are named, too, and nobody has written to those.
        let written = keys.filter { key in
            guard let cells = try? replica.record(key).cells else { return true }
            return cells.contains { $0.dot.origin == own && $0.dot.sequence > sequence }
        }
        let isOfEngine = written.allSatisfy { key in
            ShopRules.isOfEngine(key) || !ShopRules.isRanked(key) || ShopRules.hasRights(key) || known.contains(key)
        }
        return isOfEngine ? keys : nil
    }

    /// Where in an incarnation's numbers those begin that were written again: found by what is still to be seen of them.
    func firstSequence(
        of again: [JournalEntry], among fresh: ClosedRange<UInt64>, _ own: Origin, in scope: Scope, _ replica: Replica
    ) -> UInt64? {
        for (place, entry) in again.enumerated() {
            for key in Set(entry.effects.map(\.key)).sorted() {
                // What a bad disk has damaged shows nothing.
                let shown = (try? replica.record(key))?.cells.first { cell in
                    cell.dot.origin == own && fresh.contains(cell.dot.sequence) && cell.stamp == entry.stamp
                        && cell.stamp != .none
                }
                if let shown, shown.dot.sequence > UInt64(place) { return shown.dot.sequence - UInt64(place) }
            }
        }
        return fresh.count < again.count ? nil : fresh.upperBound - UInt64(again.count) + 1
    }
}
