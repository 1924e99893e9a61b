/// What a machine believes the time to be, apart from how time goes on: it may be off, run fast or slow, and be set.
public struct WorldClock: Hashable, Sendable {
    /// Milliseconds since 1970 at the last change.
    private var wall: Int64
    /// The world's time then, in milliseconds from its beginning.
    private var since: Int64
    /// By how many millionths it runs fast.
    private var drift: Int64

    /// - Parameters:
    ///   - wall: milliseconds since 1970 as the world begins.
    ///   - driftPartsPerMillion: by how much it runs fast, or slow.
    public init(wall: Int64, driftPartsPerMillion drift: Int64 = 0) {
        (self.wall, since, self.drift) = (wall, 0, drift)
    }

    /// - Parameter now: the world's time, which never goes back.
    /// - Returns: milliseconds since 1970.
    public func milliseconds(at now: Int64) -> Int64 {
        let passed = now - since
        return wall + passed + passed * drift / 1_000_000
    }

    /// Somebody sets it.
    ///
    /// - Parameter offset: forwards, or backwards.
    public mutating func jump(by offset: Int64, at now: Int64) {
        wall = milliseconds(at: now) + offset
        since = now
    }

    public mutating func run(driftPartsPerMillion drift: Int64, at now: Int64) {
        jump(by: 0, at: now)
        self.drift = drift
    }
}
