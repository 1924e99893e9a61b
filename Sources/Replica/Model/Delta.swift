public import CRDT

/// Which opening of a replica made the transactions of an origin in a scope, from a sequence on.
public struct RunSpan: Hashable, Sendable {
    public let origin: Origin
    public let from: UInt64
    public let high: UInt64
    public let low: UInt64

    public init(origin: Origin, from: UInt64, high: UInt64, low: UInt64) {
        self.origin = origin
        self.from = from
        self.high = high
        self.low = low
    }

    var run: Run { Run(origin: origin, high: high, low: low) }
}

/// What a delta is about: everything but its records.
public struct DeltaHeader: Hashable, Sendable {
    public var scope: Scope
    /// The receiver must hold at least this.
    public var base: Cut
    /// What the receiver holds afterwards, besides its own.
    public var cut: Cut
    /// Up to where the sender has collected touch marks: a receiver below it can only take a snapshot.
    public var horizon: VersionVector
    /// A snapshot is the whole state at the cut; whatever of the receiver's the cut covers and the snapshot lacks has died.
    public var reach: DeltaReach
    /// The runs of the transactions beyond the base, ascending by origin and start.
    public var runs: [RunSpan]

    public init(
        scope: Scope, base: Cut, cut: Cut, horizon: VersionVector, reach: DeltaReach = .namedSlots, runs: [RunSpan]
    ) {
        self.scope = scope
        self.base = base
        self.cut = cut
        self.horizon = horizon
        self.reach = reach
        self.runs = runs
    }
}

/// What a delta says about one record.
public struct DeltaRecord: Hashable, Sendable {
    public var key: RecordKey
    /// Ascending by slot and dot: all live cells and touch marks of each slot that has one beyond the base.
    public var cells: [Cell]

    public init(key: RecordKey, cells: [Cell]) {
        self.key = key
        self.cells = cells
    }
}

/// A delta in one piece, small enough for memory.
public struct Delta: Hashable, Sendable {
    public var header: DeltaHeader
    /// Ascending by key, each key once.
    public var records: [DeltaRecord]

    public init(header: DeltaHeader, records: [DeltaRecord]) {
        self.header = header
        self.records = records
    }
}
