/// An attempt to connect, over all the addresses that a name has.
final class Attempt {
    let id: AttemptID
    let security: Security
    /// Monotonic milliseconds.
    let deadline: Int64
    /// Those not tried yet.
    var addresses: [SocketAddress] = []
    /// The connection that it is trying now.
    var connection: ConnectionID?
    /// Why the last address did not work.
    var reason = CloseReason.timedOut(.connection)

    init(_ id: AttemptID, _ security: Security, deadline: Int64) {
        self.id = id
        self.security = security
        self.deadline = deadline
    }
}
