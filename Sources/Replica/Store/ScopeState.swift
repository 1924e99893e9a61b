internal import CRDT

/// What a replica keeps in memory about one scope: heads, runs and the horizon; never records.
final class ScopeState {
    private(set) var heads: [Origin: Head] = [:]
    /// Follows from the heads.
    private(set) var vector = VersionVector()
    /// By origin, ascending by start.
    private(set) var runs: [Origin: [RunSpan]] = [:]
    /// Up to where a sender had dropped touch marks, who may have heard of a later decision than this replica.
    var toldHorizon = VersionVector()
    /// Origins whose heads were changed since they were last written.
    private(set) var dirty: Set<Origin> = []
    private var lastDirty: Origin?
    /// The replica's own transactions that are not in the index yet, a block each, ascending.
    private(set) var recent: [ChangeBlock] = []
    /// How many of `recent`, at its end, are in no row yet.
    private(set) var unsavedCount = 0
    /// The replica's own head stands in a row of `recent`, and not in its own.
    var hasRecentHead = false
    /// Something changed since the last commit.
    var isChanging = false
    /// By whom foreign transactions came.
    var provenance = Provenance()
    /// The newest word of each origin about its chain.
    var checkpoints: [Origin: SignedCheckpoint] = [:]
    /// The hash of cut and digest (`Replica.summary`), until a head changes.
    var summary: Hash128?
    private var knownCut: Cut?

    func head(of origin: Origin) -> Head {
        heads[origin] ?? .none
    }

    /// The heads' points: one value for all who ask until a head changes, because thousands of sessions keep it.
    var cut: Cut {
        if let knownCut { return knownCut }
        let cut = Cut(heads.map { ($0.key, $0.value.point) })
        knownCut = cut
        return cut
    }

    func load(_ head: Head, of origin: Origin) {
        (summary, knownCut) = (nil, nil)
        heads[origin] = head
        vector.advance(origin, to: head.point.sequence)
    }

    func setPoint(_ point: ChainPoint, stamp: HLC = .none, of origin: Origin) {
        heads[origin, default: .none].advance(to: point, stamp)
        vector.advance(origin, to: point.sequence)
        note(origin)
    }

    /// Takes an origin back to an earlier point: its later transactions were written under another name.
    func lower(_ origin: Origin, to point: ChainPoint) {
        var head = head(of: origin)
        head.point = point
        heads[origin] = point.sequence > 0 ? head : nil
        vector.remove(origin)
        vector.advance(origin, to: point.sequence)
        runs[origin]?.removeAll { $0.from > point.sequence }
        note(origin)
    }

    func changeDigest(of origin: Origin, by difference: Hash128) {
        heads[origin, default: .none].digest += difference
        note(origin)
    }

    func noteStamp(_ stamp: HLC, of origin: Origin) {
        let known = head(of: origin).stamp
        heads[origin, default: .none].stamp = max(known, stamp)
        note(origin)
    }

    private func note(_ origin: Origin) {
        (summary, knownCut) = (nil, nil)
        guard origin != lastDirty else { return }
        dirty.insert(origin)
        lastDirty = origin
    }

    /// What changed is written.
    func noteSaved() {
        dirty.removeAll(keepingCapacity: true)
        (lastDirty, unsavedCount, isChanging) = (nil, 0, false)
    }

    func addRecent(_ block: ChangeBlock) {
        recent.append(block)
        unsavedCount += 1
    }

    /// What was recent stands in the index now, and the head in its own row.
    func settleRecent() {
        recent = []
        (unsavedCount, hasRecentHead) = (0, false)
    }

    /// - Returns: whether the span is news.
    func add(_ span: RunSpan) -> Bool {
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

    /// What a peer that holds a scope up to a cut must hear of runs, ascending by origin and start: those of the transactions that
    /// it lacks, and of each origin of which the two do not stand at the same point the run of the last transaction that both hold.
    /// Two histories of one origin differ in it, even where neither side knows the other's hash.
    func runs(for cut: Cut) -> [RunSpan] {
        runs.sorted { $0.key < $1.key }.flatMap { origin, spans -> ArraySlice<RunSpan> in
            let (mine, theirs) = (head(of: origin).point.sequence, cut[origin]?.sequence ?? 0)
            guard mine != theirs else { return [] }
            return spans[max(0, spans.partition { $0.from > min(mine, theirs) } - 1)...]
        }
    }
}
