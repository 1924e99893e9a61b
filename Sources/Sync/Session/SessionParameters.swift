public import CRDT
public import Replica

/// Who speaks in a session, to whom, and by which bounds.
public struct SessionParameters: Hashable, Sendable {
    public var chain: Hash128
    public var origin: Origin
    /// The member that the other side's certificate names.
    public var peer: UInt32
    public var isInitiator: Bool
    /// What is wanted here: at least all that is held.
    public var interest: Interest
    public var access: Access
    public var bounds = SessionBounds()

    public init(
        chain: Hash128, origin: Origin, peer: UInt32, isInitiator: Bool, interest: Interest, access: Access
    ) {
        self.chain = chain
        self.origin = origin
        self.peer = peer
        self.isInitiator = isInitiator
        self.interest = interest
        self.access = access
    }
}

/// How long a session waits, and how much it takes in.
public struct SessionBounds: Hashable, Sendable {
    /// Bytes of data that may be on their way in, or waiting for the disk.
    public var creditBytes = 1 << 18
    /// From the first byte to data, in milliseconds.
    public var openingMilliseconds: Int64 = 30_000
    /// For a frame that has begun, besides a second for every 8 KiB of it.
    public var frameMilliseconds: Int64 = 30_000
    /// Nothing heard.
    public var silenceMilliseconds: Int64 = 70_000
    /// The initiator breaks silence this often.
    public var pingMilliseconds: Int64 = 25_000
    /// Something sent, and nothing acknowledged; something to send, and no credit.
    public var acknowledgementMilliseconds: Int64 = 120_000
    /// How many bytes of records, as they lie in memory, may wait for the disk before nothing more is read.
    public var waitingBytes = 1 << 22
    /// Deltas of more records are staged, which checks, writes and folds each of them besides.
    public var joinedRecords: UInt64 = 4096
    /// An offer tells scopes in full if they have no more points together.
    public var toldPoints = 256
    /// The initiator compares the digests of scopes that were brought up to date so long after the session opened.
    public var comparisonMilliseconds: Int64 = 60_000

    public init() {}
}

/// The two clocks that a session is told about, in milliseconds.
public struct Moment: Hashable, Sendable {
    /// Since any moment; never goes back.
    public var monotonic: Int64
    /// Since 1970.
    public var wall: Int64

    public init(monotonic: Int64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }
}

/// What a session found out about the other side's clock.
public struct ClockOffset: Hashable, Sendable {
    /// The other side's clock less the one here, in milliseconds; exact to half of the round trip.
    public let milliseconds: Int64
    public let roundTripMilliseconds: Int64
    /// How far the other side is from headquarters' clock.
    public let stratum: UInt8

    /// - Parameters: as `Hello` and `pong` tell them; nil if they make no sense, or answer nothing that was sent.
    init?(sent: Int64?, echo: UInt64, received: UInt64, answered: UInt64, now: Int64, stratum: UInt8) {
        guard let sent, echo == UInt64(clamping: sent), let received = Int64(exactly: received),
            let answered = Int64(exactly: answered),
            max(received, answered) < 1 << 48, answered >= received, now >= sent
        else { return nil }
        milliseconds = ((received - sent) + (answered - now)) / 2
        roundTripMilliseconds = max(0, (now - sent) - (answered - received))
        self.stratum = stratum
    }
}
