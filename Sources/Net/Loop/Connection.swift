internal import CLinux
internal import Glibc

/// What a loop knows of one connection.
final class Connection {
    enum State: Equatable {
        /// TCP is not there yet.
        case connecting
        /// TLS is not there yet.
        case handshaking
        case open
        /// Ends for this reason once everything is sent.
        case flushing(CloseReason)
        /// Ended and told; our last words are on their way.
        case lingering
        case closed
    }

    let id: ConnectionID
    let descriptor: Int32
    let origin: Opening.Origin
    let remote: SocketAddress
    var state: State
    var tls: TLSSession?
    var outgoing = OutgoingQueue()
    /// What epoll watches for.
    var interest: UInt32 = 0
    var isPaused = false
    /// It stands in the loop's list of those that have something to send.
    var isDirty = false
    /// The socket took no more.
    var needsRoom = false
    /// More waits than the low mark.
    var isAboveLowMark = false
    var hasBegun = false
    /// Why the socket takes no bytes, for good. What it still gives is read first: it may say why.
    var writeError: Int32?
    /// What TLS could not take yet because it has to send something first. Nothing is read as long as there is any.
    var stash: [UInt8] = []
    var deadline: TimerID?
    var lingeredBytes = 0

    init(_ id: ConnectionID, on descriptor: Int32, _ origin: Opening.Origin, to remote: SocketAddress, _ state: State) {
        self.id = id
        self.descriptor = descriptor
        self.origin = origin
        self.remote = remote
        self.state = state
    }

    /// What epoll should watch for.
    var wantedInterest: UInt32 {
        let wantsInput =
            switch state {
            case .connecting, .closed: false
            case .open: !isPaused && stash.isEmpty
            case .handshaking, .flushing: stash.isEmpty
            case .lingering: true
            }
        let wantsRoom = state == .connecting || needsRoom && writeError == nil
        return (wantsInput ? UInt32(ATOLL_EPOLLIN) : 0) | (wantsRoom ? UInt32(ATOLL_EPOLLOUT) : 0)
    }
}
