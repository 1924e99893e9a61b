internal import CRDT

/// Holds a delta's records to the rules of their form: bytes from outside become state only through here.
struct DeltaCheck {
    private let header: DeltaHeader
    private var lastKey: RecordKey?

    /// - Parameter key: the last one that was checked before, if the records are a later piece.
    init(_ header: DeltaHeader, after key: RecordKey? = nil) throws {
        self.header = header
        lastKey = key
        for (origin, point) in header.base.points where header.cut.vector.sequence(of: origin) < point.sequence {
            throw ReplicaError.malformed(.cutBelowBase(origin))
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
            guard !record.cells.isEmpty else { throw ReplicaError.malformed(.emptyRecord(record.key)) }
            try check(record)
            lastKey = record.key
        }
    }

    private func check(_ record: DeltaRecord) throws {
        let (key, cells) = (record.key, record.cells)
        var covered: Dot?
        for index in cells.indices {
            if index > 0 {
                let (last, slot) = (cells[index - 1].slot, cells[index].slot)
                guard last < slot || last == slot && cells[index - 1].dot < cells[index].dot else {
                    throw ReplicaError.malformed(.cellsOutOfOrder(key))
                }
            }
            let dot = cells[index].dot
            if dot != covered {
                guard dot.sequence > 0, header.cut.vector.covers(dot) else {
                    throw ReplicaError.malformed(.dotBeyondCut(key, dot))
                }
                covered = dot
            }
            try checkContent(cells[index], key)
        }
    }

    private func checkContent(_ cell: Cell, _ key: RecordKey) throws {
        switch cell.content {
        case .held where header.reach == .wholeState: throw ReplicaError.malformed(.heldInSnapshot(key))
        case .value(let value) where !value.isWithinLimits:
            throw ReplicaError.malformed(.valueOutsideLimits(key, cell.slot))
        case .held, .value, .removed: break
        }
        guard cell.slot.isWithinLimits else { throw ReplicaError.malformed(.valueOutsideLimits(key, cell.slot)) }
    }
}
