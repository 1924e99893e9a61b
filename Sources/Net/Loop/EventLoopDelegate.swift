/// Whoever is told what happens on a loop, always on the loop's thread. It may give the loop any command from within.
///
/// Each connection that was opened is closed exactly once, and nothing is told about it after that.
public protocol EventLoopDelegate: AnyObject {
    /// A connection is there. With TLS, the peer of an accepted connection has proved who it is; a client learns only later, by
    /// `closed`, if the server refuses *its* certificate: TLS 1.3 lets it speak before.
    func opened(_ connection: ConnectionID, _ opening: Opening)

    /// - Parameter bytes: lent until the method returns; in order, cut anywhere.
    func received(_ bytes: RawSpan, on connection: ConnectionID)

    /// What waited to be sent was more than the low mark and no longer is.
    func drained(_ connection: ConnectionID)

    func closed(_ connection: ConnectionID, _ reason: CloseReason)

    /// An attempt to connect ended without a connection.
    func failed(_ attempt: AttemptID, _ reason: CloseReason)

    /// Somebody connected, and never got as far as `opened`.
    func refused(_ address: SocketAddress, at listener: ListenerID, _ reason: CloseReason)

    func changed(_ condition: ListenerCondition, of listener: ListenerID)
}

/// How a connection came to be.
public struct Opening: Sendable {
    public enum Origin: Hashable, Sendable {
        case accepted(ListenerID)
        case initiated(AttemptID)
    }

    public let origin: Origin
    /// Whom the peer's verified certificate names; nil without TLS, or if the protocol demands no certificate.
    public let peer: PeerIdentity?
    /// What TLS agreed on; nil without TLS.
    public let applicationProtocol: String?
    public let local: SocketAddress
    public let remote: SocketAddress

    public var isInitiator: Bool {
        if case .initiated = origin { true } else { false }
    }
}

/// Whether a listener can take connections in. Told once a change.
public enum ListenerCondition: Hashable, Sendable {
    /// No descriptor or memory is left: connections wait in the system's queue until there is.
    case exhausted(errno: Int32)
    /// Nobody waits any more.
    case recovered
    /// The listener is broken and was closed.
    case failed(errno: Int32)
}
