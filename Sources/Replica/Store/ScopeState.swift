internal import CRDT

/// What a replica keeps in memory about one scope: heads, runs and the horizon; never records.
struct ScopeState {
    private(set) var heads: [Origin: Head] = [:]
    /// Follows from the heads.
    private(set) var vector = VersionVector()
    /// By origin, ascending by start.
    private(set) var runs: [Origin: [RunSpan]] = [:]
    /// Up to where the registrar decided that touch marks may go.
    var decidedHorizon = VersionVector()
    /// Up to where a sender had dropped them, who may have heard of a later decision.
    var toldHorizon = VersionVector()
    /// Up to where this replica, holding the scope that far, may drop them, or may lack them.
    var horizon: VersionVector { decidedHorizon.joined(with: toldHorizon).met(with: vector) }
    /// Origins whose heads were changed since they were last written.
    var dirty: Set<Origin> = []

    func head(of origin: Origin) -> Head {
        heads[origin] ?? .none
    }

    var cut: Cut {
        Cut(heads.map { ($0.key, $0.value.point) })
    }

    mutating func load(_ head: Head, of origin: Origin) {
        heads[origin] = head
        vector.advance(origin, to: head.point.sequence)
    }

    mutating func setPoint(_ point: ChainPoint, stamp: HLC = .none, of origin: Origin) {
        var head = head(of: origin)
        head.point = point
        head.stamp = max(head.stamp, stamp)
        load(head, of: origin)
        dirty.insert(origin)
    }

    /// Takes an origin back to an earlier point: its later transactions were written under another name.
    mutating func lower(_ origin: Origin, to point: ChainPoint) {
        var head = head(of: origin)
        head.point = point
        heads[origin] = point.sequence > 0 ? head : nil
        vector.remove(origin)
        vector.advance(origin, to: point.sequence)
        runs[origin]?.removeAll { $0.from > point.sequence }
        dirty.insert(origin)
    }

    mutating func changeDigest(of origin: Origin, by difference: Hash128) {
        var head = head(of: origin)
        head.digest += difference
        heads[origin] = head
        dirty.insert(origin)
    }

    mutating func noteStamp(_ stamp: HLC, of origin: Origin) {
        heads[origin, default: .none].stamp = max(head(of: origin).stamp, stamp)
        dirty.insert(origin)
    }

    /// - Returns: whether the span is news.
    mutating func add(_ span: RunSpan) -> Bool {
        var spans = runs[span.origin] ?? []
        let index = spans.partition { $0.from >= span.from }
        if index < spans.count, spans[index].from == span.from { return false }
        spans.insert(span, at: index)
        runs[span.origin] = spans
        return true
    }

    func run(of dot: Dot) -> Run? {
        guard let spans = runs[dot.origin] else { return nil }
        let index = spans.partition { $0.from > dot.sequence }
        return index > 0 ? spans[index - 1].run : nil
    }

    /// The spans that transactions beyond a vector fall in, ascending by origin and start.
    func runs(beyond vector: VersionVector) -> [RunSpan] {
        runs.sorted { $0.key < $1.key }.flatMap { origin, spans -> ArraySlice<RunSpan> in
            let known = vector.sequence(of: origin)
            guard head(of: origin).point.sequence > known else { return [] }
            return spans[max(0, spans.partition { $0.from > known + 1 } - 1)...]
        }
    }
}
