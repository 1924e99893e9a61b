/// What a checkpoint that somebody told was to a replica.
public enum CheckpointStanding: Hashable, Sendable {
    /// It is the newest of its origin in its scope now, and kept.
    case news
    /// As new a one was kept before.
    case known
    /// It is signed, and speaks of more than is held here: it was not kept. Of this replica's own origin it says that its disk
    /// was set back, or copied.
    case ahead
    /// It is signed, and speaks of a point at which no hash is known here: it was not kept.
    case untold
}
