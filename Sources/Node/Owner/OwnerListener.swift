internal import CRDT
internal import Replica
internal import Sync

/// Whoever is told, on the owner's thread, what sessions asked for and what changed.
struct OwnerListener: Sendable {
    let answered: @Sendable ([SessionReply]) -> Void
    /// Scopes that hold something new, durably.
    let changed: @Sendable ([Scope]) -> Void
    /// Whether a checkpoint bears its origin's signature, as far as the replica knows who that is.
    let verify: SessionCounter.CheckpointVerifier
    /// Milliseconds since 1970.
    let wallClock: @Sendable () -> Int64
}
