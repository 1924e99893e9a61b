/// Why a replica's incarnation cannot go on: some of its numbers may have been used by what is no longer here.
public enum IncarnationDoubt: String, Hashable, Sendable {
    /// The database is a backup's.
    case restored
    /// The database is older than its own high-water mark: somebody put a copy in its place.
    case putBack
    /// Another copy of this replica closed the incarnation.
    case closed
    /// A peer knows another history under the same numbers, or more of it than is here.
    case forked
}
