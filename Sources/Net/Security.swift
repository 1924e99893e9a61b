/// What a listener or an attempt puts between the socket and the bytes.
public enum Security: Sendable {
    /// Nothing: for Unix sockets, which only the owner reaches, and for measurements.
    case plain
    /// - Parameter expecting: whom a connection must reach; nil for any member. Listeners expect nobody in particular.
    case tls(TLSContext, expecting: PeerExpectation? = nil)
}

/// Whom someone who connects wants to reach.
public struct PeerExpectation: Hashable, Sendable {
    public let member: UInt32

    public init(member: UInt32) {
        self.member = member
    }
}
