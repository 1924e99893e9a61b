public import CRDT

/// What somebody did with rights to something scarce.
public enum RightsChange: Hashable, Sendable {
    case mint(UInt64)
    case use(UInt64)
    case release(UInt64)
    case request(UInt64, from: Origin)
    /// - Parameter number: the request's.
    case grant(UInt64, to: Origin, number: UInt64)
    /// Whoever decides for the chain takes over what a lost incarnation held.
    case settle(Origin)
}
