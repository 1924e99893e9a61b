public import CRDT

/// One business action while it is being put together: reads see its own writes, and nothing is stored before it is whole.
///
/// Valid only within the closure that it is handed to.
public final class Transaction {
    final class Work {
        let key: RecordKey
        var record: Record
        /// As it is stored.
        let row: Row?
        /// How many it had when it was looked at.
        let cellCount: Int
        /// The published delta that is not in the row yet was taken into the record.
        let includesOverlay: Bool
        var isWritten = false
        /// How many facts of each field this transaction has stated here.
        private var facts: [(field: UInt32, count: UInt64)] = []

        init(_ key: RecordKey, _ loaded: Replica.Loaded) {
            self.key = key
            record = Record(sortedCells: loaded.cells)
            row = loaded.row
            cellCount = loaded.cells.count
            includesOverlay = loaded.includesOverlay
        }

        /// The number of the next fact of a field.
        func nextFact(of field: UInt32) -> UInt64 {
            for index in facts.indices where facts[index].field == field {
                facts[index].count += 1
                return facts[index].count - 1
            }
            facts.append((field, 1))
            return 0
        }
    }

    private let replica: Replica
    /// Of what it writes.
    public let stamp: HLC
    /// In the order in which they were first looked at.
    private(set) var works: [Work] = []
    /// By key; kept only once there are too many to look through.
    private var worksByKey: [RecordKey: Work] = [:]
    private var lastWork: Work?
    /// This transaction's dot in each scope that it has written to.
    private var dots: [(scope: Scope, dot: Dot)] = []
    /// What left this transaction with one half of something.
    private(set) var broken: (any Error)?

    init(_ replica: Replica, stamp: HLC) {
        self.replica = replica
        self.stamp = stamp
        works.reserveCapacity(8)
        dots.reserveCapacity(2)
    }

    /// The record as this transaction sees it; empty if there is none.
    public func record(_ key: RecordKey) throws -> Record {
        try work(on: key).record
    }

    /// The incarnation that writes.
    public var origin: Origin { replica.identity.origin }

    /// The closed incarnations of the same member, as far as they are known here, the highest number first.
    public var closedIncarnations: [UInt64] { replica.closedOrigins.reversed().map(\.incarnation) }

    /// What was held of a scope before this transaction.
    public func vector(of scope: Scope) -> VersionVector { replica.vector(of: scope) }

    /// What had changed in a scope beyond a vector before this transaction.
    public func feed(of scope: Scope, beyond vector: VersionVector) throws -> FeedNews {
        try replica.feed(of: scope, beyond: vector)
    }

    /// The keys of a scope, or of one of its collections, that were there before this transaction, ascending.
    public func keys(of scope: Scope, collection: UInt16?) throws -> [RecordKey] {
        try replica.keys(of: scope, collection: collection)
    }

    /// The first 16 bytes of SHA-256.
    public func hash(of bytes: [UInt8]) -> Hash128 { replica.hash(of: bytes) }

    /// The run under which a transaction was made, this one included: part of the identity of its facts.
    public func run(of dot: Dot, in scope: Scope) -> Run? {
        if dots.contains(where: { $0.scope == scope && $0.dot == dot }) {
            return Run(origin: dot.origin, high: replica.run.high, low: replica.run.low)
        }
        return replica.run(of: dot, in: scope)
    }

    /// Sets a register.
    public func set(_ field: UInt32, of key: RecordKey, to value: Value) throws {
        try require(key, field) { if case .register = $0 { true } else { false } }
        try checkLimits(value, key, field)
        try write(key) { $0.assign(value, to: SlotKey(field: field), at: $1) }
    }

    /// Sets an element of a map.
    public func set(_ field: UInt32, _ element: Element, of key: RecordKey, to value: Value) throws {
        try require(key, field) { if case .map = $0 { true } else { false } }
        try checkLimits(value, key, field)
        try checkElement(element, key, field)
        try write(key) { $0.assign(value, to: SlotKey(field: field, element: element), at: $1) }
    }

    /// Adds an element to a set.
    public func insert(_ element: Element, into field: UInt32, of key: RecordKey) throws {
        try require(key, field) { if case .set = $0 { true } else { false } }
        try checkElement(element, key, field)
        try write(key) { $0.insert(element, in: field, at: $1) }
    }

    /// Empties a register, or removes an element of a set or map, as far as it is seen here.
    public func remove(_ field: UInt32, _ element: Element = .none, of key: RecordKey) throws {
        try require(key, field) {
            switch $0 {
            case .register: element == .none
            case .map, .set: element != .none
            case .progress, .counter, .escrow, .facts: false
            }
        }
        guard try !record(key)[SlotKey(field: field, element: element)].isEmpty else { return }
        try write(key) { $0.remove(SlotKey(field: field, element: element), at: $1) }
    }

    /// Moves a progress field on.
    public func advance(_ field: UInt32, of key: RecordKey, to state: Int64) throws {
        guard case .progress(let lattice) = try kind(key, field) else {
            throw ReplicaError.wrongKind(key: key, field: field)
        }
        try write(key) { record, version in
            do throws(ProgressError) {
                try record.advance(field, to: state, in: lattice, at: version)
            } catch {
                throw ReplicaError.progress(key: key, field: field, error)
            }
        }
    }

    /// States a fact, and counts what it moves.
    public func state(_ value: Value, in field: UInt32, of key: RecordKey) throws {
        guard case .facts(let movements) = try kind(key, field) else {
            throw ReplicaError.wrongKind(key: key, field: field)
        }
        try checkLimits(value, key, field)
        let index = try work(on: key).nextFact(of: field)
        try write(key) { $0.state(value, in: field, index: index, at: $1) }
        do {
            for movement in movements(key, value) { try count(movement) }
        } catch {
            // The fact stands in `works` and its movements do not: even a body that swallows this error is refused.
            broken = error
            throw error
        }
    }

    /// Changes this replica's row of an escrow by one of the calls on `Record`. A call that leaves the record as it was is no
    /// write.
    public func changeEscrow<Result>(
        _ field: UInt32, of key: RecordKey, _ change: (inout Record, Version) throws(EscrowError) -> Result
    ) throws -> Result {
        try require(key, field) { if case .escrow = $0 { true } else { false } }
        let work = try work(on: key)
        let before = (work.record, work.isWritten)
        let result = try write(key) { record, version in
            do throws(EscrowError) {
                return try change(&record, version)
            } catch {
                throw ReplicaError.escrow(key: key, field: field, error)
            }
        }
        if work.record == before.0 { (work.record, work.isWritten) = before }
        return result
    }

    /// States a share of a counter outright: this replica's own, or a closed incarnation's.
    func setShare(_ share: Count, of closed: Origin?, in field: UInt32, of key: RecordKey) throws {
        try changeCounter(key, field) { record, version throws(CountError) in
            if let closed {
                try record.setShare(share, of: closed, in: field, at: version)
            } else {
                try record.setShare(share, in: field, at: version)
            }
        }
    }

    private func count(_ movement: Movement) throws {
        guard movement.amount != 0 else { return }
        try changeCounter(movement.key, movement.field) { record, version throws(CountError) in
            try record.count(movement.amount, in: movement.field, at: version)
        }
    }

    private func changeCounter(
        _ key: RecordKey, _ field: UInt32, _ change: (inout Record, Version) throws(CountError) -> Void
    ) throws {
        try require(key, field) { if case .counter = $0 { true } else { false } }
        try write(key) { record, version in
            do throws(CountError) {
                try change(&record, version)
            } catch {
                throw ReplicaError.count(key: key, field: field, error)
            }
        }
    }

    /// Changes a record under this transaction's dot in its scope.
    func write<Result>(_ key: RecordKey, _ change: (inout Record, Version) throws -> Result) throws -> Result {
        let work = try work(on: key)
        let isRanked = replica.schema[key.collection]?.isRanked ?? true
        let version = Version(dot: dot(in: key.scope), stamp: isRanked ? stamp : .none)
        let result = try change(&work.record, version)
        work.isWritten = true
        return result
    }

    /// The work on a record, which is loaded at the first look.
    private func work(on key: RecordKey) throws -> Work {
        if let lastWork, lastWork.key == key { return lastWork }
        let work = try knownWork(on: key) ?? begin(key)
        lastWork = work
        return work
    }

    private func begin(_ key: RecordKey) throws -> Work {
        let work = try load(key)
        works.append(work)
        if works.count > Self.fewWorks {
            if worksByKey.isEmpty { for work in works { worksByKey[work.key] = work } }
            worksByKey[key] = work
        }
        return work
    }

    private func load(_ key: RecordKey) throws -> Work {
        if let known = replica.takeCached(key) { return Work(key, known) }
        var loaded = try replica.withBytes(of: key) { try replica.load(key, $0) }
        // What most orders need, and just little enough for the allocator's fast path.
        if loaded.cells.isEmpty { loaded.cells.reserveCapacity(11) }
        return Work(key, loaded)
    }

    /// Up to here looking through keys is faster than hashing them.
    private static let fewWorks = 16

    private func knownWork(on key: RecordKey) -> Work? {
        guard works.count <= Self.fewWorks else { return worksByKey[key] }
        for work in works where work.key == key { return work }
        return nil
    }

    private func dot(in scope: Scope) -> Dot {
        for known in dots where known.scope == scope { return known.dot }
        let dot = replica.nextDot(in: scope)
        dots.append((scope, dot))
        return dot
    }

    private func kind(_ key: RecordKey, _ field: UInt32) throws -> Field.Kind {
        guard let kind = replica.schema[key.collection]?[field]?.kind else {
            throw ReplicaError.unknownField(key: key, field: field)
        }
        return kind
    }

    private func require(_ key: RecordKey, _ field: UInt32, _ fits: (Field.Kind) -> Bool) throws {
        guard fits(try kind(key, field)) else { throw ReplicaError.wrongKind(key: key, field: field) }
    }

    private func checkElement(_ element: Element, _ key: RecordKey, _ field: UInt32) throws {
        guard element != .none, SlotKey(field: field, element: element).isWithinLimits else {
            throw ReplicaError.wrongKind(key: key, field: field)
        }
    }

    private func checkLimits(_ value: Value, _ key: RecordKey, _ field: UInt32) throws {
        guard value.isWithinLimits else { throw ReplicaError.wrongKind(key: key, field: field) }
    }
}
