public import CRDT
public import Replica

/// What is done for a replica when nobody asks, a little at a time, so that no till waits for it: shares are counted again,
/// marks of removals dropped once everybody has seen them, rows looked through, the change index made smaller.
///
/// Without threads or time of its own: a node takes turns on its owner's thread, a simulation when it thinks fit.
public struct ReplicaUpkeep: Sendable {
    /// What came of one turn.
    public struct Outcome: Sendable {
        public var recountedShares = 0
        /// Those in which marks of removals wait for everybody to have seen them.
        public var markedScopes: [Scope] = []
        /// Scopes of which something is damaged.
        public var ailing: [Scope] = []
        /// How many rows of records were looked at, and found damaged.
        public var verifiedRows = 0
        public var damagedRows = 0
        /// How many records hold values which were written without seeing each other, once a look through all rows has ended.
        public var contestedRecords: Int?
    }

    /// Records that one turn looks at.
    private static let recordsAtOnce = 200
    /// Rows whose checksums one turn looks at: a few milliseconds, so that a million take an hour.
    private static let rowsAtOnce = 2000
    /// A compaction of everything begins this often at most.
    private static let compactionMilliseconds: Int64 = 86_400_000

    /// A look through all rows begins this often at most.
    private let verificationMilliseconds: Int64
    /// Something has changed since the last turn.
    private var hasNews = true
    /// What is left of this compaction.
    private var compaction: [(scope: Scope, origin: Origin, from: UInt64)] = []
    private var lastCompaction: Int64
    /// Where the look through all rows has come to; nil between two. The first begins with the node.
    private var verification: RowVerification? = RowVerification()
    private var lastVerification: Int64

    /// - Parameters:
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    ///   - interval: a look through all rows begins this often at most.
    public init(at milliseconds: Int64, verifyingEvery interval: Int64 = 600_000) {
        verificationMilliseconds = interval
        (lastCompaction, lastVerification) = (milliseconds, milliseconds)
    }

    /// The replica holds something that it did not hold before.
    public mutating func noteNews() { hasNews = true }

    /// Whether there may be something to do.
    ///
    /// - Parameter milliseconds: the wall clock, in milliseconds since 1970.
    public func isDue(acknowledged: [Scope: [VersionVector]], at milliseconds: Int64) -> Bool {
        hasNews || !acknowledged.isEmpty || verification != nil || !compaction.isEmpty
            || milliseconds >= lastVerification + verificationMilliseconds
            || milliseconds >= lastCompaction + Self.compactionMilliseconds
    }

    /// - Parameters:
    ///   - acknowledged: at the registrar, by scope what each live member that holds it has told to hold durably; scopes of
    ///     which somebody has not told are left out.
    ///   - isIdle: nobody waits.
    public mutating func turn(
        of replica: Replica, acknowledged: [Scope: [VersionVector]], isIdle: Bool, at milliseconds: Int64
    ) throws -> Outcome {
        var outcome = Outcome()
        hasNews = true
        if replica.needsRecount, replica.quarantinedKeys.isEmpty {
            outcome.recountedShares = try replica.recountClosed(at: milliseconds)
        }
        for (scope, vectors) in acknowledged.sorted(by: { $0.key < $1.key }) {
            try replica.advanceHorizon(of: scope, acknowledged: vectors, at: milliseconds)
        }
        outcome.markedScopes = try replica.markedScopes()
        guard isIdle else {
            outcome.ailing = replica.ailingScopes
            return outcome
        }
        try verify(replica, at: milliseconds, &outcome)
        outcome.ailing = replica.ailingScopes
        let hasMarksLeft = try !outcome.markedScopes.isEmpty && replica.collectMarks(limit: Self.recordsAtOnce)
        try compact(replica, at: milliseconds)
        // What is left waits for the next turn.
        hasNews = replica.needsRecount || hasMarksLeft || !outcome.ailing.isEmpty
        return outcome
    }

    /// Finds what rots on disk although nobody reads it.
    private mutating func verify(_ replica: Replica, at milliseconds: Int64, _ outcome: inout Outcome) throws {
        if verification == nil, milliseconds >= lastVerification + verificationMilliseconds {
            (verification, lastVerification) = (RowVerification(), milliseconds)
        }
        guard var position = verification else { return }
        let found = try replica.verify(&position, limit: Self.rowsAtOnce)
        verification = found.isComplete ? nil : position
        for key in found.damaged { try replica.quarantineIfDamaged(key) }
        (outcome.verifiedRows, outcome.damagedRows) = (found.rowCount, found.damaged.count + found.nameless)
        outcome.contestedRecords = found.contested
    }

    private mutating func compact(_ replica: Replica, at milliseconds: Int64) throws {
        if compaction.isEmpty, milliseconds >= lastCompaction + Self.compactionMilliseconds {
            lastCompaction = milliseconds
            compaction = replica.heldScopes.flatMap { scope in
                replica.vector(of: scope).entries.map { (scope, $0.origin, 0) }
            }
        }
        guard let part = compaction.popLast() else { return }
        let next = try replica.compact(part.scope, part.origin, from: part.from, limit: Self.recordsAtOnce)
        if let next { compaction.append((part.scope, part.origin, next)) }
    }
}
