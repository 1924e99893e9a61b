internal import CRDT
internal import Replica

/// What a node does for its replica when nobody asks, a little at a time, so that no till waits for it.
///
/// `@unchecked Sendable`: the owner's thread alone uses it.
final class NodeMaintenance: @unchecked Sendable {
    /// What came of one turn.
    struct Outcome: Sendable {
        /// The incarnation that writes from now on, if it is another one.
        var incarnation: Identity?
        var recountedShares = 0
        /// Those in which marks of removals wait for everybody to have seen them.
        var markedScopes: [Scope] = []
        /// Scopes of which something is damaged.
        var ailing: [Scope] = []
        /// How many rows of records were looked at, and found damaged.
        var verifiedRows = 0
        var damagedRows = 0
        /// How many records hold values which were written without seeing each other, once a look through all rows has ended.
        var contestedRecords: Int?
    }

    /// Records that one turn looks at.
    private static let recordsAtOnce = 200
    /// Rows whose checksums one turn looks at: a few milliseconds, so that a million take an hour.
    private static let rowsAtOnce = 2000
    /// A look through all rows begins this often at most.
    private static let verificationMilliseconds: Int64 = 600_000
    /// A compaction of everything begins this often at most.
    private static let compactionMilliseconds: Int64 = 86_400_000

    /// What is left of this compaction.
    private var compaction: [(scope: Scope, origin: Origin, from: UInt64)] = []
    private var lastCompaction: Int64
    /// Where the look through all rows has come to; nil between two. The first begins with the node.
    private var verification: RowVerification? = RowVerification()
    private var lastVerification: Int64

    init(at milliseconds: Int64) {
        (lastCompaction, lastVerification) = (milliseconds, milliseconds)
    }

    /// - Parameters:
    ///   - acknowledged: at the registrar, by scope what each live member that holds it has told to hold durably; scopes of
    ///     which somebody has not told are left out.
    ///   - isIdle: nobody waits.
    func turn(
        _ directory: ReplicaDirectory, acknowledged: [Scope: [VersionVector]], isIdle: Bool, at milliseconds: Int64
    ) throws -> Outcome {
        let replica = directory.replica
        var outcome = Outcome()
        if directory.doubt != nil {
            try directory.beginIncarnation(at: milliseconds)
            outcome.incarnation = replica.identity
        }
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
        if !outcome.markedScopes.isEmpty { _ = try replica.collectMarks(limit: Self.recordsAtOnce) }
        try compact(replica, at: milliseconds)
        return outcome
    }

    /// Finds what rots on disk although nobody reads it.
    private func verify(_ replica: Replica, at milliseconds: Int64, _ outcome: inout Outcome) throws {
        if verification == nil, milliseconds >= lastVerification + Self.verificationMilliseconds {
            (verification, lastVerification) = (RowVerification(), milliseconds)
        }
        guard var position = verification else { return }
        let found = try replica.verify(&position, limit: Self.rowsAtOnce)
        verification = found.isComplete ? nil : position
        for key in found.damaged { try replica.quarantineIfDamaged(key) }
        (outcome.verifiedRows, outcome.damagedRows) = (found.rowCount, found.damaged.count + found.nameless)
        outcome.contestedRecords = found.contested
    }

    private func compact(_ replica: Replica, at milliseconds: Int64) throws {
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
