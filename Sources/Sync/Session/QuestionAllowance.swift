/// How many questions of a repair may be asked: each may take a look at every row of a scope.
///
/// As many as a thorough comparison takes may come at once, and then one each so many milliseconds. Whoever asks allows itself
/// half of what whoever answers allows it, so that no clock and no line makes it ask too often.
struct QuestionAllowance {
    private let atOnce: Int64
    private let milliseconds: Int64
    private var left: Int64
    private var last: Int64

    /// - Parameters:
    ///   - atOnce: so many may be asked without a wait.
    ///   - milliseconds: after so long one more may be asked.
    ///   - time: by the monotonic clock.
    init(atOnce: Int64, milliseconds: Int64, at time: Int64) {
        (self.atOnce, self.milliseconds) = (atOnce, milliseconds)
        (left, last) = (atOnce, time)
    }

    /// - Returns: whether another one may be asked now.
    mutating func take(at time: Int64) -> Bool {
        let gained = (time - last) / milliseconds
        if gained > 0 {
            left = min(atOnce, left + min(gained, atOnce))
            last = time
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
