import CRDT

/// What travels between replicas: a delta beyond a base, or a snapshot.
struct Transfer {
    /// By record.
    let cells: [[Cell]]
    let base: VersionVector
    let cut: VersionVector
    /// The sender's: touch marks up to here may be gone.
    let horizon: VersionVector
    let reach: DeltaReach
    /// For the specification: the transactions under the cut, as a bit set.
    let seen: UInt64
}

/// One scope of one replica: a few records and the vector that they share.
struct TestReplica {
    var origin: Origin
    var records: [Record]
    var vector = VersionVector()
    /// Up to here touch marks may be gone.
    var horizon = VersionVector()
    /// For the specification: the transactions that are visible here, as a bit set. Kept without looking at vectors.
    var seen: UInt64 = 0

    init(_ number: UInt64, recordCount: Int = 1) {
        origin = Origin(rawValue: number)
        records = Array(repeating: Record(), count: recordCount)
    }

    /// A local transaction on one record, under a fresh dot.
    @discardableResult
    mutating func write<Result>(
        to record: Int = 0, stamp: HLC = .none, _ body: (inout Record, Version) throws -> Result
    ) rethrows -> Result {
        let dot = Dot(origin: origin, sequence: vector.sequence(of: origin) + 1)
        let result = try body(&records[record], Version(dot: dot, stamp: stamp))
        vector.advance(origin, to: dot.sequence)
        return result
    }

    func delta(beyond base: VersionVector) -> Transfer {
        Transfer(
            cells: records.map { $0.delta(beyond: base) }, base: base, cut: vector, horizon: horizon,
            reach: .namedSlots, seen: seen)
    }

    func snapshot() -> Transfer {
        Transfer(
            cells: records.map(\.cells), base: VersionVector(), cut: vector, horizon: horizon, reach: .wholeState, seen: seen)
    }

    /// Whether the rules let this replica join a transfer.
    func mayJoin(_ transfer: Transfer) -> Bool {
        switch transfer.reach {
        case .wholeState: true
        case .namedSlots: vector.covers(transfer.base) && (vector.isEmpty || vector.covers(transfer.horizon))
        }
    }

    /// - Returns: whether the rules let the transfer in.
    @discardableResult
    mutating func join(_ transfer: Transfer) throws -> Bool {
        guard mayJoin(transfer) else { return false }
        for (index, cells) in transfer.cells.enumerated() {
            try records[index].join(cells, upTo: transfer.cut, knowing: vector, reach: transfer.reach)
        }
        vector.join(transfer.cut)
        horizon.join(transfer.horizon)
        seen |= transfer.seen
        return true
    }

    /// Fetches what another replica has and this one lacks.
    mutating func pull(from other: TestReplica) throws {
        let delta = other.delta(beyond: vector)
        try join(mayJoin(delta) ? delta : other.snapshot())
    }

    mutating func collectMarks(upTo stable: VersionVector) {
        for index in records.indices { _ = records[index].collectMarks(upTo: stable) }
        horizon.join(stable)
    }
}
