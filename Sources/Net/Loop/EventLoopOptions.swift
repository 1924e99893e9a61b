/// Bounds and deadlines of a loop. All of them hold for each connection by itself.
public struct EventLoopOptions: Sendable {
    /// From `connect` to a TCP connection, over all addresses of a name.
    public var connectTimeoutMilliseconds: Int64 = 10_000
    /// From a TCP connection that was accepted to the end of the TLS handshake.
    public var handshakeTimeoutMilliseconds: Int64 = 10_000
    /// The same of one that was made here: longer, because a server that thousands dial at once takes them in one by one, and
    /// whoever gives up and dials again costs it a handshake for nothing.
    public var answerTimeoutMilliseconds: Int64 = 30_000
    /// How long a connection that is closed after flushing may take for that.
    public var flushTimeoutMilliseconds: Int64 = 10_000
    /// How long an ended connection is kept to let the peer read our last words: whoever closes a socket with unread bytes
    /// makes the system throw them away.
    public var lingerMilliseconds: Int64 = 2_000
    /// After how long without acknowledgement sent bytes end a connection (`TCP_USER_TIMEOUT`).
    public var acknowledgementTimeoutMilliseconds: Int32 = 30_000
    /// After how long without traffic TCP asks whether the peer is there, how often, and how many times (`TCP_KEEP...`).
    public var keepaliveIdleSeconds: Int32 = 60
    public var keepaliveIntervalSeconds: Int32 = 10
    public var keepaliveCount: Int32 = 3
    /// Below how many waiting bytes `drained` is told.
    public var lowMarkBytes = 64 << 10
    /// How many bytes a connection may move each way before it is the others' turn.
    public var turnBytes = 64 << 10
    /// How many connections a listener accepts before it is the others' turn: few, so that those who are in get through their
    /// handshakes first and the rest of a herd waits in the system's queue. If all are let in at once, all time out together.
    public var turnAccepts = 16
    /// How many connections may wait for being accepted; the system has a bound of its own (`somaxconn`).
    public var backlog: Int32 = 4_096
    /// How many of the process's descriptors connections from the network leave to all else in it: files, the socket at which its
    /// owner asks what is wrong, and the system's libraries, some of which end a program that has none for them.
    public var spareDescriptors: Int32 = 32

    public init() {}
}
