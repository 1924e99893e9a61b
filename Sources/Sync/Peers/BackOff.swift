internal import CRDT

/// How long to wait before somebody is dialled again: longer after each failure, and never in step with others.
///
/// Each wait is drawn between the shortest one and three times the last, up to a bound, so that a thousand stores that lost
/// the same line do not come back in waves. Source: Brooker, "Exponential Backoff And Jitter" (2015), decorrelated jitter.
public struct BackOff: Hashable, Sendable {
    public var shortestMilliseconds: Int64
    public var longestMilliseconds: Int64
    /// Since the last success.
    public private(set) var failures = 0
    private var last: Int64 = 0

    public init(shortestMilliseconds: Int64 = 500, longestMilliseconds: Int64 = 30_000) {
        precondition(0 < shortestMilliseconds && shortestMilliseconds <= longestMilliseconds, "a wait has bounds")
        self.shortestMilliseconds = shortestMilliseconds
        self.longestMilliseconds = longestMilliseconds
    }

    /// - Returns: how long to wait now.
    public mutating func fail(_ random: inout some RandomNumberGenerator) -> Int64 {
        failures += 1
        let longest = Mutants.isOn("waits-grow-without-bound") ? Int64.max / 4 : longestMilliseconds
        let bound = min(longest, max(shortestMilliseconds, last) * 3)
        last = Int64.random(in: shortestMilliseconds...bound, using: &random)
        return last
    }

    public mutating func succeed() {
        (failures, last) = (0, 0)
    }
}
