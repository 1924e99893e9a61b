import CRDT
import Replica

/// The horizons that the registrar decided, and up to where each site may lack touch marks, as the test works it out.
struct HorizonModel {
    private var decisions: [(scope: Scope, horizon: VersionVector)] = []
    /// How many of the decisions each site knows.
    private var known: [Int: Int] = [:]
    /// What the senders of deltas had collected.
    private var told: [Int: [Scope: VersionVector]] = [:]

    /// Decides what all of some vectors cover.
    ///
    /// - Parameter registrar: the site that decides, and knows of everything that was decided.
    /// - Returns: the horizon.
    mutating func decide(_ scope: Scope, _ vectors: [VersionVector], by registrar: Int) -> VersionVector {
        let agreed = vectors.dropFirst().reduce(vectors[0], Self.lowest)
        let present = decisions.last { $0.scope == scope }?.horizon ?? VersionVector()
        let horizon = Self.highest(present, agreed)
        if horizon != present { decisions.append((scope, horizon)) }
        known[registrar] = decisions.count
        return horizon
    }

    /// One site learns from another what was decided.
    mutating func hear(_ index: Int, from other: Int) {
        known[index] = max(known[index, default: 0], known[other, default: 0])
    }

    /// A site took in a delta whose sender had collected marks.
    mutating func hear(_ index: Int, of scope: Scope, _ horizon: VersionVector) {
        told[index, default: [:]][scope] = Self.highest(told[index]?[scope] ?? VersionVector(), horizon)
    }

    func horizon(of scope: Scope, at index: Int, holding vector: VersionVector) -> VersionVector {
        let decided = decisions.prefix(known[index, default: 0]).last { $0.scope == scope }?.horizon ?? VersionVector()
        return Self.highest(Self.lowest(decided, vector), told[index]?[scope] ?? VersionVector())
    }

    private static func lowest(_ left: VersionVector, _ right: VersionVector) -> VersionVector {
        VersionVector(left.entries.map { .init(origin: $0.origin, sequence: min($0.sequence, right.sequence(of: $0.origin))) })
    }

    private static func highest(_ left: VersionVector, _ right: VersionVector) -> VersionVector {
        VersionVector(left.entries + right.entries)
    }
}
