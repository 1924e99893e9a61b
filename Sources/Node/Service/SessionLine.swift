internal import Net
internal import Replica
internal import Sync

/// The connection of a session of a node, and whoever is at the other end. On the loop's thread, until the connection is gone.
final class SessionLine {
    let connection: ConnectionID
    let identity: PeerIdentity
    let remote: SocketAddress
    /// The place in the node's list of those whom it dials; nil if it was dialled.
    let dial: Int?
    let began: Int64
    var timer: TimerID?
    /// Why it is gone, if nobody has hung up.
    var loss: CloseReason?
    /// Why the session has ended, if its connection goes after that.
    var end: SessionError?

    init(on connection: ConnectionID, _ identity: PeerIdentity, at remote: SocketAddress, dial: Int?, began: Int64) {
        (self.connection, self.identity, self.remote) = (connection, identity, remote)
        (self.dial, self.began) = (dial, began)
    }
}
