/// Columns of equal length that cover a run from its beginning; they become longer when there are too many of them.
struct TimeGrid: Sendable {
    private(set) var width: Int64 = 10
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func column(of time: Int64) -> Int { Int(time / width) }

    /// By how much each width is longer than the one before: 10 and 50 ms, 0.1, 0.5, 1, 5, 15 and 30 s, 1, 2, 10 and 30 min,
    /// 1, 2, 6 and 12 h, then double.
    private static let factors: [Int64] = [5, 2, 5, 2, 5, 3, 2, 2, 2, 5, 3, 2, 2, 3, 2]
    private var step = 0

    /// - Returns: how many columns are to be merged into each new one; nil if there is room.
    mutating func widen(toHold time: Int64) -> Int? {
        guard time / width >= Int64(limit) else { return nil }
        let factor = step < Self.factors.count ? Self.factors[step] : 2
        step += 1
        width *= factor
        return Int(factor)
    }
}
