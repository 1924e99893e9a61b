/// Pulls times together, keeps their order, and makes them easy to read.
///
/// 1. All are rounded down to a coarse unit, if that is possible.
/// 2. The gaps between them, and before the first, are brought toward nothing (`IntegerReduction`), so that what follows a
///    gap moves earlier with it.
/// 3. Each by itself is pulled to the one before it, or rounded down. What follows stays, so that a gap that can be nowhere
///    less in sum is no longer torn in two. Then the gaps again, until none of it helps.
///
/// Every step makes the sum of the times less.
struct TimeReduction<Time: FixedWidthInteger> {
    /// Coarse to fine.
    private let units: [Time.Magnitude]
    private var times: [Time]
    private let attempt: ([Time]) throws(ShrinkStop) -> TrialOutcome

    /// - Parameters:
    ///   - times: fail; they are not run. Each at or after the one before it, the first at 0 or after it.
    ///   - units: coarse to fine.
    ///   - attempt: runs others in their place.
    init(
        _ times: [Time], units: [Time.Magnitude], attempt: @escaping ([Time]) throws(ShrinkStop) -> TrialOutcome
    ) {
        precondition(zip([0] + times, times).allSatisfy { $0 <= $1 }, "times are not in order")
        self.times = times
        self.units = units
        self.attempt = attempt
    }

    mutating func minimize() throws(ShrinkStop) {
        try roundAll()
        repeat {
            try closeGaps()
        } while try pullEach()
    }

    private mutating func roundAll() throws(ShrinkStop) {
        for unit in units where try take(times.map { Self.rounded($0, to: unit) }) { return }
    }

    private mutating func closeGaps() throws(ShrinkStop) {
        let attempt = attempt
        var reduction = IntegerReduction(zip(times, [0] + times).map { $0 - $1 }, toward: 0, units: units) {
            gaps throws(ShrinkStop) in
            try attempt(Self.times(after: gaps))
        }
        try reduction.minimize()
        times = Self.times(after: reduction.values)
    }

    /// - Returns: whether any moved.
    private mutating func pullEach() throws(ShrinkStop) -> Bool {
        var isEarlier = false
        for index in times.indices {
            let earliest = index == 0 ? 0 : times[index - 1]
            for time in [earliest] + units.map({ Self.rounded(times[index], to: $0) }) where time >= earliest {
                var candidate = times
                candidate[index] = time
                if try take(candidate) {
                    isEarlier = true
                    break
                }
            }
        }
        return isEarlier
    }

    /// - Returns: whether they differ from those so far, and fail.
    private mutating func take(_ candidate: [Time]) throws(ShrinkStop) -> Bool {
        guard candidate != times, try attempt(candidate) == .fails else { return false }
        times = candidate
        return true
    }

    private static func rounded(_ time: Time, to unit: Time.Magnitude) -> Time {
        time - Time(time.magnitude % unit)
    }

    private static func times(after gaps: [Time]) -> [Time] {
        var time: Time = 0
        return gaps.map { gap in
            time += gap
            return time
        }
    }
}
