public import CRDT

/// What the engine refused, and why. Nothing was changed.
public enum ReplicaError: Error, Hashable, Sendable {
    /// This replica does not hold what the delta builds on; ask for one from `have`.
    case baseUnknown(scope: Scope, origin: Origin, needs: UInt64, have: UInt64)
    /// The sender has collected touch marks that this replica has not seen: only a snapshot can be joined.
    case belowHorizon(scope: Scope, origin: Origin, horizon: UInt64, have: UInt64)
    /// Two chains under one origin: at this sequence the sender's hash is another than ours.
    case forked(scope: Scope, origin: Origin, sequence: UInt64)
    /// An origin signed two hashes for one sequence of its chain: whoever sees both knows that it has two histories.
    indirect case forkProven(SignedCheckpoint, SignedCheckpoint)
    /// A checkpoint that its origin has not signed.
    case badSignature(scope: Scope, origin: Origin, sequence: UInt64)
    case join(key: RecordKey, JoinError)
    /// The delta breaks a rule of its own form.
    case malformed(DeltaFault)
    /// A stored row does not say what was written.
    case damagedRow(key: RecordKey)
    case unknownField(key: RecordKey, field: UInt32)
    /// The write does not fit the field's kind, or leaves its limits.
    case wrongKind(key: RecordKey, field: UInt32)
    /// More cells, or bytes, than a record may have.
    case recordTooLarge(key: RecordKey, size: Int, limit: Int)
    case count(key: RecordKey, field: UInt32, CountError)
    case progress(key: RecordKey, field: UInt32, ProgressError)
    case escrow(key: RecordKey, field: UInt32, EscrowError)
    /// Only at equal vectors is a record reconciled, and the peer's is another.
    case cutsDiffer(scope: Scope)
    /// A large cut of this scope is still being folded in; call `fold` until it is done.
    case folding(scope: Scope)
    /// The scope changed while an extraction was read in pieces: begin it anew, on a reader's snapshot (`Replica.read`).
    case movedOn(scope: Scope)
    /// Records or an end came for a cut that was never begun, or is published already.
    case nothingStaged(scope: Scope)
    /// A staged cut ends, and has fewer or more records than its sender announced.
    case incomplete(scope: Scope, records: UInt64, announced: UInt64)
    /// This incarnation was closed by somebody else, or this is a backup's copy of it: call `reincarnate` before anything is
    /// written.
    case incarnationClosed(Origin)
    /// Ours was damaged; nothing is read from it, and no delta that names it leaves here, until it is mended.
    case quarantined(key: RecordKey)
}

/// How a delta can be ill-formed.
public enum DeltaFault: Hashable, Sendable {
    case keyOutsideScope(RecordKey)
    case keysOutOfOrder(RecordKey)
    case cellsOutOfOrder(RecordKey)
    /// Cells of one transaction that do not bear one stamp.
    case stampsDiffer(RecordKey, Dot)
    /// A cell whose dot the delta's own cut does not cover.
    case dotBeyondCut(RecordKey, Dot)
    /// A cut that holds less than its base.
    case cutBelowBase(Origin)
    case tooManyOrigins(Int)
    /// A sequence above `Limits.sequence`.
    case sequenceTooHigh(Origin, sequence: UInt64)
    case emptyRecord(RecordKey)
    case heldInSnapshot(RecordKey)
    case valueOutsideLimits(RecordKey, SlotKey)
    case runsOutOfOrder(Origin)
    /// Touch marks were collected, it says, of transactions that it does not hold.
    case horizonBeyondCut(Origin)
    /// A run that begins with no transaction of the delta's own cut.
    case runBeyondCut(Origin)
    /// It claims transactions of this replica's own origin that it never made.
    case inventsOwn(Origin, sequence: UInt64, have: UInt64)
}
