internal import CRDT
internal import Replica

/// Where a cut differs from the one that was told before: one origin's point.
struct PushChange {
    let origin: Origin
    /// As it was told; nil for an origin that is new.
    let known: ChainPoint?
    /// Sequence 0 for an origin that the cut does not have any more.
    var point: ChainPoint
    /// Of the one transaction that is new, if the point's hash follows from what the delta tells of it.
    var stamp: HLC?

    enum Kind {
        /// One transaction more, whose hash the receiver computes.
        static let derived: UInt64 = 0
        /// Some transactions more.
        static let advanced: UInt64 = 1
        /// A point that is not ahead.
        static let other: UInt64 = 2
    }

    var kind: UInt64 {
        if stamp != nil { return Kind.derived }
        return point.sequence > known?.sequence ?? 0 ? Kind.advanced : Kind.other
    }

    var dot: Dot { Dot(origin: origin, sequence: point.sequence) }

    /// What leads from one cut to another, ascending by origin.
    static func changes(from known: Cut, to cut: Cut) -> [PushChange] {
        var changes: [PushChange] = []
        for (origin, point) in cut.points where known[origin] != point {
            changes.append(PushChange(origin: origin, known: known[origin], point: point))
        }
        for (origin, point) in known.points where cut[origin] == nil {
            let none = ChainPoint(sequence: 0, hash: .zero)
            changes.append(PushChange(origin: origin, known: point, point: none))
        }
        return changes.sorted { $0.origin < $1.origin }
    }

    /// The hash of the point if the delta tells the whole of the one transaction that leads there.
    ///
    /// - Parameter header: with the transaction's run.
    func derivedHash(
        stamp: HLC, runs: [RunSpan], _ records: [DeltaRecord], _ hasher: ChainHasher
    ) -> Hash128? {
        guard let run = runs.last(where: { $0.origin == origin && $0.from <= point.sequence }) else { return nil }
        var link = ChainLink(dot, stamp: stamp, run: Hash128(high: run.high, low: run.low))
        for record in records { link.add(record) }
        return link.hash(after: known?.hash ?? .zero, by: hasher)
    }
}
