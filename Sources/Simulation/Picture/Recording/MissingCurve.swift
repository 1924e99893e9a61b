/// How much is acknowledged somewhere and not yet where it is wanted, over the time of a run: at most some two thousand points,
/// at equal distances.
public struct MissingCurve: Sendable {
    public struct Measure: Hashable, Sendable {
        /// Transactions that some machine lacks that wants them, each once.
        public let somewhere: Int
        /// Transactions that the machine lacks that lacks most.
        public let most: Int
        /// Which machine that is.
        public let lane: Int

        public init(somewhere: Int, most: Int, lane: Int) {
            (self.somewhere, self.most, self.lane) = (somewhere, most, lane)
        }
    }

    public private(set) var points: [(time: Int64, measure: Measure)] = []
    /// Between two points, in milliseconds.
    public private(set) var step: Int64 = 100
    private static let limit = 2_000

    /// Nothing has changed until a time: all points up to it are alike.
    mutating func advance(to time: Int64, _ measure: () -> Measure) {
        guard next < time else { return }
        let measure = measure()
        while next < time {
            points.append((next, measure))
            guard points.count >= Self.limit else { continue }
            points = points.indices.filter { $0.isMultiple(of: 2) }.map { points[$0] }
            step *= 2
        }
    }

    /// The last point, wherever it lies.
    mutating func conclude(at time: Int64, _ measure: () -> Measure) {
        advance(to: time, measure)
        points.append((time, measure()))
    }

    private var next: Int64 { Int64(points.count) * step }
}
