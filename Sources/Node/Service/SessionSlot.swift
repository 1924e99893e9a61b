internal import Net
internal import Replica
internal import Sync

/// A session of a node, with its connection and whoever is at the other end. On the loop's thread.
final class SessionSlot {
    let key: SessionKey
    let connection: ConnectionID
    let identity: PeerIdentity
    let remote: SocketAddress
    /// The place in the node's list of those whom it dials; nil if it was dialled.
    let dial: Int?
    let began: Int64
    var session: Session
    /// When the armed timer fires, by the monotonic clock.
    var timerDeadline: Int64?
    var timer: TimerID?
    var isClosing = false
    var hasBeenOpen = false
    /// Scopes that are left out, as far as the log tells of them.
    var notedSuspensions: Set<Scope> = []
    /// What was taken into account for this node's clock.
    var learnedOffset: ClockOffset?

    init(
        _ key: SessionKey, on connection: ConnectionID, _ identity: PeerIdentity, at remote: SocketAddress, dial: Int?,
        began: Int64, _ session: Session
    ) {
        self.key = key
        self.connection = connection
        self.identity = identity
        self.remote = remote
        self.dial = dial
        self.began = began
        self.session = session
    }
}
