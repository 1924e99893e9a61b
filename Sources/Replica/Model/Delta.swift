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
    /// The runs of the transactions beyond the base; of each origin that has any, or of which the receiver holds more, also that of
    /// the last transaction under it. Ascending by origin and start: two histories of one origin differ in their runs from where
    /// they part.
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

    /// The run that is told of a transaction. Complexity: logarithmic, because a stranger may tell a hundred thousand.
    func run(of dot: Dot) -> Run? {
        let index = runs.partition { ($0.origin, $0.from) > (dot.origin, dot.sequence) }
        guard index > 0, runs[index - 1].origin == dot.origin else { return nil }
        return runs[index - 1].run
    }
}

/// What a delta says about one record: all live cells and touch marks of each slot that has one beyond the base.
public struct DeltaRecord: Hashable, Sendable {
    public let key: RecordKey
    /// Within `Limits`, and in order: nothing else can be packed.
    let packed: PackedCells

    init(key: RecordKey, packed: PackedCells) {
        self.key = key
        self.packed = packed
    }

    /// - Parameter cells: ascending by slot and dot, not empty, within `Limits`, those of one dot under one stamp; else
    ///   `ReplicaError.malformed` is thrown.
    public init(key: RecordKey, cells: [Cell]) throws(ReplicaError) {
        guard !cells.isEmpty else { throw .malformed(.emptyRecord(key)) }
        guard cells.count <= Limits.cellsPerRecord else {
            throw .recordTooLarge(key: key, size: cells.count, limit: Limits.cellsPerRecord)
        }
        for index in cells.indices {
            if index > 0, !Cell.ascends(cells[index - 1], cells[index]) { throw .malformed(.cellsOutOfOrder(key)) }
            guard cells[index].isWithinLimits else { throw .malformed(.valueOutsideLimits(key, cells[index].slot)) }
        }
        try Self.checkStamps(of: cells, key)
        self.init(key: key, packed: PackedCells(cells))
    }

    /// Cells of one dot have one stamp.
    private static func checkStamps(of cells: [Cell], _ key: RecordKey) throws(ReplicaError) {
        let (dot, stamp) = (cells[0].dot, cells[0].stamp)
        if cells.allSatisfy({ $0.dot == dot && $0.stamp == stamp }) { return }
        var stamps: [Dot: HLC] = [:]
        for index in cells.indices {
            let stamp = stamps.updateValue(cells[index].stamp, forKey: cells[index].dot)
            guard stamp == nil || stamp == cells[index].stamp else {
                throw .malformed(.stampsDiffer(key, cells[index].dot))
            }
        }
    }

    /// About how many bytes of memory it takes.
    public var memoryBytes: Int { packed.bytes.count + packed.groups.count * 48 + 96 }

    /// Ascending by slot and dot.
    public func cells() throws(CodecError) -> [Cell] {
        try packed.cells()
    }

    /// The same, in room that serves one record after another.
    public func readCells(into cells: inout [Cell]) throws(CodecError) {
        try packed.readCells(into: &cells)
    }
}

extension Cell {
    fileprivate static func ascends(_ left: Cell, _ right: Cell) -> Bool {
        left.slot == right.slot ? left.dot < right.dot : left.slot < right.slot
    }

    fileprivate var isWithinLimits: Bool {
        guard dot.sequence > 0, slot.isWithinLimits else { return false }
        return if case .value(let value) = content { value.isWithinLimits } else { true }
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
