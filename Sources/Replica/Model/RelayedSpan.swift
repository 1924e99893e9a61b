public import CRDT

/// Transactions of an origin that came by another member, for which the origin has not vouched yet.
public struct RelayedSpan: Hashable, Sendable {
    public let origin: Origin
    /// The last transaction before them.
    public let beyond: UInt64
    /// The last of them.
    public let upTo: UInt64
    /// The member that brought them.
    public let via: UInt32

    public init(origin: Origin, beyond: UInt64, upTo: UInt64, via: UInt32) {
        self.origin = origin
        self.beyond = beyond
        self.upTo = upTo
        self.via = via
    }
}
