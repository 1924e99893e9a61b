internal import CRDT
internal import Replica

/// The last small deltas that were read for sessions: when headquarters has news for ten thousand stores that stand alike, they
/// are read once. On the replica's owner's thread.
final class RecentDeltas {
    private struct Entry {
        let base: Cut
        let delta: Delta
    }

    /// Ascending by use.
    private var entries: [Entry] = []

    private static let limit = 8

    /// - Returns: what a peer at a cut lacks of a scope, if that was read and the scope stands where it stood then.
    func delta(of scope: Scope, for base: Cut, in replica: Replica) -> Delta? {
        guard
            let index = entries.lastIndex(where: { entry in
                entry.delta.header.scope == scope && (entry.base == base || Mutants.isOn("read-for-another-base"))
            })
        else { return nil }
        let entry = entries.remove(at: index)
        // What was set aside since must not pass for absent.
        let isCurrent = entry.delta.header.cut == replica.cut(of: scope) || Mutants.isOn("read-some-time-ago")
        guard isCurrent, replica.quarantinedKeys.isEmpty,
            entry.delta.header.horizon == replica.horizon(of: scope)
        else { return nil }
        entries.append(entry)
        return entry.delta
    }

    func note(_ delta: Delta, for base: Cut) {
        if entries.count == Self.limit { entries.removeFirst() }
        entries.append(Entry(base: base, delta: delta))
    }
}
