internal import CRDT
internal import Replica

/// A transaction that somebody has made up in the name of another member. Nobody can know that at once, and nobody has to hold it.
struct Forgery {
    let scope: Scope
    /// In whose name.
    let origin: Origin
    /// Behind which transaction of that origin; nil if the forger has heard of none.
    let base: ChainPoint?
    /// Of which it speaks without telling them, behind that.
    let skipped: [ChainPoint]
    /// The one that it tells.
    let point: ChainPoint
    let stamp: HLC
    /// What it replaces, if that wrote to the same place.
    let seen: Cut
    let effect: Effect
    /// The machine that has made it up.
    let node: Int

    /// - Parameters:
    ///   - vector: what it has seen, by the journal's names.
    ///   - time: the world's, in milliseconds.
    func entries(seeing vector: VersionVector, at time: Int64) -> [JournalEntry] {
        (skipped + [point]).map { one in
            let stamp = HLC(rawValue: stamp.rawValue - (point.sequence - one.sequence))
            return JournalEntry(
                dot: Dot(origin: origin, sequence: one.sequence), hash: one.hash, stamp: stamp, seen: vector, node: node,
                time: time, effects: one == point ? [effect] : [])
        }
    }
}
