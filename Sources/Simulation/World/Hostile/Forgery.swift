internal import CRDT
internal import Replica

/// A transaction that somebody has made up in the name of another member. Nobody can know that at once, and nobody has to hold it.
struct Forgery {
    let scope: Scope
    /// In whose name.
    let origin: Origin
    /// Behind which transaction of that origin; nil if the forger has heard of none.
    let base: ChainPoint?
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
    func entry(seeing vector: VersionVector, at time: Int64) -> JournalEntry {
        JournalEntry(
            dot: Dot(origin: origin, sequence: point.sequence), hash: point.hash, stamp: stamp, seen: vector, node: node,
            time: time, effects: [effect])
    }
}
