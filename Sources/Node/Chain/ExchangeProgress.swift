public import Replica

/// What an exchange has done so far.
public struct ExchangeProgress: Hashable, Sendable {
    public var rounds = 0
    /// Pairs met in this round, out of `pairsInRound`.
    public var pairsMet = 0
    public var pairsInRound = 0
    /// Transactions that a replica learned; one that reaches ten replicas counts ten times.
    public var transactions = 0
    /// Records that deltas named, as often as they did.
    public var records = 0
    /// Deltas joined in one piece, and cuts that were staged.
    public var deltas = 0
    public var stagedCuts = 0
    /// What was put right, in the order in which it was found.
    public var healings: [Healing] = []
    /// Records of which marks of removals were dropped, because every member has seen them.
    public var collectedMarks = 0

    /// What stayed behind in the last round, because some origin has two histories that nobody here can settle.
    public var forks: [Fork] = []

    public struct Fork: Hashable, Sendable {
        public let source: String
        public let sink: String
        public let error: ReplicaError
    }

    public enum Healing: Hashable, Sendable {
        /// The replica goes on under a new incarnation, so that no number is used twice.
        case newIncarnation(replica: String, because: IncarnationDoubt)
        /// Shares of counters that a closed incarnation had counted were stated anew, from facts.
        case recounted(replica: String, shares: Int)
        /// A damaged row was written anew with what another replica holds.
        case mended(replica: String, RecordKey)
    }
}
