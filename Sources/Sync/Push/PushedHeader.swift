internal import CRDT
internal import Replica

/// A delta's header as far as a push tells it: hashes that follow from the records are not known yet.
struct PushedHeader {
    let changes: [PushChange]
    var header: DeltaHeader

    /// Computes the hashes that were not told.
    mutating func deriveHashes(from records: [DeltaRecord], _ hasher: ChainHasher) throws(PushError) {
        guard changes.contains(where: { $0.stamp != nil }) else { return }
        var points = Dictionary(uniqueKeysWithValues: header.cut.points.map { ($0.origin, $0.point) })
        for change in changes {
            guard let stamp = change.stamp else { continue }
            guard let hash = change.derivedHash(stamp: stamp, runs: header.runs, records, hasher) else {
                throw .malformed(.runBeyondCut(change.origin))
            }
            points[change.origin]?.hash = hash
        }
        header.cut = Cut(points.map { ($0.key, $0.value) })
    }
}
