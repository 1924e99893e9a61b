internal import CRDT

/// What a replica knows of an origin's chain in a scope: enough to find out where two histories of it part.
public struct ChainKnowledge: Hashable, Sendable {
    /// Up to where its transactions are held.
    public let last: UInt64
    /// Where its hash is known, ascending.
    public let points: [ChainPoint]
    /// The openings under which its transactions were made, ascending by start.
    public let runs: [RunSpan]

    public init(last: UInt64, points: [ChainPoint], runs: [RunSpan]) {
        self.last = last
        self.points = points
        self.runs = runs
    }

    /// How far it goes; a hash that nobody has if that of the last transaction is not known.
    public var end: ChainPoint {
        guard let point = points.last, point.sequence == last else { return ChainPoint(sequence: last, hash: .zero) }
        return point
    }

    /// The last point up to which both histories are the same, among those whose hash is known here.
    ///
    /// Runs tell it exactly, because every opening draws its own. Only a machine that was set back with its memory goes on
    /// twice under one run, and what somebody has made up goes on under one that another writes under: then hashes differ, or
    /// the other side knows of more than was written (`goes`), and what no hash confirms counts as different.
    ///
    /// - Parameter run: that of the present opening here, if it is this replica's own chain.
    func agreement(with other: ChainKnowledge, writtenUnder run: Hash128? = nil) -> ChainPoint? {
        let theirs = Dictionary(other.points.map { ($0.sequence, $0.hash) }, uniquingKeysWith: { first, _ in first })
        let common = points.prefix { $0.sequence <= lastCommonRun(with: other) }
        if let run, other.goes(beyond: last, under: run) { return common.last { theirs[$0.sequence] == $0.hash } }
        guard let parting = common.firstIndex(where: { theirs[$0.sequence].map { [hash = $0.hash] in $0 != hash } ?? false })
        else { return common.last }
        return common[..<parting].last { theirs[$0.sequence] == $0.hash }
    }

    /// Whether the transaction behind a sequence was made under a run.
    private func goes(beyond sequence: UInt64, under run: Hash128) -> Bool {
        guard sequence < last, let span = runs.last(where: { $0.from <= sequence + 1 }) else { return false }
        return span.high == run.high && span.low == run.low
    }

    /// Whether both hold a transaction at the same place that is not the same: what only one of them holds parts nobody.
    func hasParted(from other: ChainKnowledge) -> Bool {
        if lastCommonRun(with: other) < min(last, other.last) { return true }
        let theirs = Dictionary(other.points.map { ($0.sequence, $0.hash) }, uniquingKeysWith: { first, _ in first })
        return points.contains { point in theirs[point.sequence].map { $0 != point.hash } ?? false }
    }

    /// The last sequence up to which every transaction was made under the same run.
    private func lastCommonRun(with other: ChainKnowledge) -> UInt64 {
        let both = min(last, other.last)
        for (mine, theirs) in zip(runs, other.runs) where mine != theirs {
            return min(both, min(mine.from, theirs.from) - (Mutants.isOn("branches-part-one-too-late") ? 0 : 1))
        }
        // The one with more runs began the next one where the other had none.
        let next = (runs.count > other.runs.count ? runs : other.runs).dropFirst(min(runs.count, other.runs.count)).first
        return next.map { min(both, $0.from - 1) } ?? both
    }
}
