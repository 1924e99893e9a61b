internal import CRDT

/// Holds a delta's records to the rules of their form: bytes from outside become state only through here.
struct DeltaCheck {
    private let header: DeltaHeader
    private var lastKey: RecordKey?

    /// - Parameter key: the last one that was checked before, if the records are a later piece.
    init(_ header: DeltaHeader, after key: RecordKey? = nil) throws {
        self.header = header
        lastKey = key
        guard header.cut.points.count <= DeltaHeader.originLimit, header.runs.count <= DeltaHeader.originLimit else {
            throw ReplicaError.malformed(.tooManyOrigins(max(header.cut.points.count, header.runs.count)))
        }
        for (origin, point) in header.cut.points where point.sequence > Limits.sequence {
            throw ReplicaError.malformed(.sequenceTooHigh(origin, sequence: point.sequence))
        }
        for span in header.runs where span.from == 0 || span.from > header.cut.vector.sequence(of: span.origin) {
            throw ReplicaError.malformed(.runBeyondCut(span.origin))
        }
        for (origin, point) in header.base.points where header.cut.vector.sequence(of: origin) < point.sequence {
            throw ReplicaError.malformed(.cutBelowBase(origin))
        }
        for entry in header.horizon.entries where header.cut.vector.sequence(of: entry.origin) < entry.sequence {
            throw ReplicaError.malformed(.horizonBeyondCut(entry.origin))
        }
        for (earlier, later) in zip(header.runs, header.runs.dropFirst())
        where (earlier.origin, earlier.from) >= (later.origin, later.from) {
            throw ReplicaError.malformed(.runsOutOfOrder(later.origin))
        }
    }

    mutating func check(_ records: [DeltaRecord]) throws {
        for record in records {
            guard record.key.scope == header.scope else { throw ReplicaError.malformed(.keyOutsideScope(record.key)) }
            if let lastKey, record.key <= lastKey { throw ReplicaError.malformed(.keysOutOfOrder(record.key)) }
            guard !record.packed.groups.isEmpty else { throw ReplicaError.malformed(.emptyRecord(record.key)) }
            try check(record)
            lastKey = record.key
        }
    }

    private func check(_ record: DeltaRecord) throws {
        for group in record.packed.groups {
            guard header.cut.vector.covers(group.dot) else {
                throw ReplicaError.malformed(.dotBeyondCut(record.key, group.dot))
            }
            if group.isHeld, header.reach == .wholeState {
                throw ReplicaError.malformed(.heldInSnapshot(record.key))
            }
        }
    }
}
