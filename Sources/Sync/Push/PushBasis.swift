public import CRDT
public import Replica

/// What both ends of one direction of a session know of a scope, and what the next push there is told relative to.
///
/// At the session's start it is the cut on which both sides agreed; from then on `advance` takes in every delta that goes this
/// way, pushed or in pieces. Both ends must hold the same: a push that was made on another basis is refused by its checksum.
public struct PushBasis: Hashable, Sendable {
    public var cut: Cut
    /// The sender's.
    public var horizon: VersionVector
    /// The last run that was told of each origin, ascending by origin.
    public private(set) var runs: [RunSpan] = []

    public init(cut: Cut = Cut(), horizon: VersionVector = VersionVector()) {
        self.cut = cut
        self.horizon = horizon
    }

    /// Takes in what a delta has told.
    public mutating func advance(past header: DeltaHeader) {
        cut = header.cut
        horizon = header.horizon
        if !header.runs.isEmpty { runs = merged(header.runs) }
    }

    /// In one pass, because a stranger may tell a hundred thousand.
    ///
    /// - Parameter told: ascending by origin and start.
    private func merged(_ told: [RunSpan]) -> [RunSpan] {
        var (merged, known): ([RunSpan], ArraySlice<RunSpan>) = ([], runs[...])
        merged.reserveCapacity(runs.count + told.count)
        for span in told {
            while let first = known.first, first.origin < span.origin { merged.append(known.removeFirst()) }
            if known.first?.origin == span.origin { known.removeFirst() }
            if merged.last?.origin == span.origin { merged.removeLast() }
            merged.append(span)
        }
        return merged + known
    }

    /// The base of a delta to this cut: what both hold, at the lower point.
    func base(upTo cut: Cut) -> Cut {
        Cut(
            self.cut.points.compactMap { origin, point in
                cut[origin].map { (origin, $0.sequence < point.sequence ? $0 : point) }
            })
    }

    /// The runs that a delta tells if nobody opened a replica anew: the last one of each origin with news.
    func expectedRuns(from base: Cut, upTo cut: Cut) -> [RunSpan] {
        runs.filter { cut.vector.sequence(of: $0.origin) > base.vector.sequence(of: $0.origin) }
    }
}
