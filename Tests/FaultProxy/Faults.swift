/// What a proxy does to the bytes that pass. The same faults on the same bytes do the same damage each time.
public struct Faults: Hashable, Sendable {
    /// Connections that come while this holds are reset at once.
    public var refusesConnections = false
    public var toServer = LaneFaults()
    public var toClient = LaneFaults()

    public init() {}

    /// Both ways alike.
    public init(bothWays faults: LaneFaults) {
        toServer = faults
        toClient = faults
    }
}

/// What happens in one direction. Places are counted in bytes from the connection's first in that direction.
public struct LaneFaults: Hashable, Sendable {
    public enum Cut: Hashable, Sendable {
        /// RST both ways: a machine that lost its memory.
        case reset
        /// FIN both ways: a process that was killed.
        case finish
    }

    public struct Flip: Hashable, Sendable {
        public let place: Int
        /// 0 to 7.
        public let bit: UInt8

        public init(place: Int, bit: UInt8) {
            self.place = place
            self.bit = bit
        }
    }

    public struct Replay: Hashable, Sendable {
        public let range: Range<Int>

        /// Sends a range again as soon as it has passed.
        public init(_ range: Range<Int>) {
            self.range = range
        }
    }

    /// How long each byte is kept.
    public var delayMilliseconds: Int64 = 0
    public var bytesPerSecond: Int?
    /// The most bytes of one write.
    public var chunkBytes: Int?
    /// Nothing comes out, not even the end; the sockets stay open. In one direction: a one-way line; in both: half-open.
    public var swallows = false
    /// Nothing passes and nothing is lost: it waits until this is over, as on a line that is cut for less than TCP puts up with.
    public var holds = false
    public var cut: Cut?
    /// After how many bytes it cuts.
    public var cutPlace = 0
    public var flips: [Flip] = []
    public var replay: Replay?

    public init() {}
}
