internal import CRDT
internal import Replica

/// Which transactions have come to a machine since an oracle looked at it last.
struct Newcomers {
    struct Place: Hashable {
        let node: Int
        let scope: Scope
    }

    private var looked: [Place: VersionVector] = [:]

    /// - Returns: what is new in a scope at a machine that holds it up to a vector now: each origin's, ascending.
    mutating func take(
        of scope: Scope, at node: Int, holding vector: VersionVector, in journal: Journal
    ) -> [ArraySlice<JournalEntry>] {
        let old = looked.updateValue(vector, forKey: Place(node: node, scope: scope)) ?? VersionVector()
        return vector.entries.compactMap { entry in
            let known = old.sequence(of: entry.origin)
            guard known < entry.sequence else { return nil }
            let news = journal.entries(of: entry.origin, in: scope, beyond: known, upTo: entry.sequence)
            return news.isEmpty ? nil : news
        }
    }

    /// Counts the last transactions of each origin as new again.
    mutating func forget(_ count: UInt64, of scope: Scope, at node: Int, holding vector: VersionVector) {
        let entries = vector.entries.compactMap { entry -> VersionVector.Entry? in
            entry.sequence > count ? .init(origin: entry.origin, sequence: entry.sequence - count) : nil
        }
        looked[Place(node: node, scope: scope)] = VersionVector(entries)
    }
}
