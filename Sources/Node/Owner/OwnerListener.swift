internal import CRDT
internal import Replica
internal import Sync

/// Whoever is told, on the owner's thread, what sessions asked for and what changed.
struct OwnerListener: Sendable {
    /// Both together, because a session's own news must not be taken for something to tell it: first the answers, then the
    /// scopes that hold something new, durably.
    let served: @Sendable (_ replies: [SessionReply], _ changed: [Scope]) -> Void
    /// Scopes of which something is damaged, whenever these are others.
    let ailing: @Sendable ([Scope]) -> Void
    /// The incarnation that writes from now on, whenever it is another one.
    let incarnation: @Sendable (Identity) -> Void
    /// Whether a checkpoint bears its origin's signature, as far as the replica knows who that is.
    let verify: @Sendable (SignedCheckpoint, _ message: [UInt8], Replica) -> Bool
    /// Milliseconds since 1970.
    let wallClock: @Sendable () -> Int64
}
