/// One event of a recorded log: one atomic local transaction at one replica.
///
/// Nothing in a log says when replicas sync; whoever replays it decides. The form is described in `Simulations/log-format.md`.
public struct LogEvent: Sendable, Hashable {
    /// What the transaction did.
    public enum Kind: Sendable, Hashable {
        case order(LogOrder)
        case status(LogStatusChange)
        case receipt(LogReceipt)
        case customer(LogCustomerEdit)
    }

    /// Rises from event to event of one log, not necessarily by one.
    public var number: Int64
    /// Milliseconds since 1970; never falls from event to event of one log.
    public var timeMilliseconds: Int64
    /// The replica's name: a store, or `HQ`.
    public var replica: String
    public var kind: Kind

    public init(number: Int64, timeMilliseconds: Int64, replica: String, kind: Kind) {
        self.number = number
        self.timeMilliseconds = timeMilliseconds
        self.replica = replica
        self.kind = kind
    }
}
