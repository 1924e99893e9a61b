/// What a run looked like, in bounded room however long it was: sums in columns of time, and of single things the weightiest.
/// It is what a picture is drawn from.
public struct RunRecord: Sendable {
    /// Milliseconds since 1970 as the world begins.
    public let wall: Int64
    /// When work and faults end, and all is made whole; in milliseconds of the world's time, as all times here.
    public let workEnd: Int64
    /// HQ first.
    public private(set) var lanes: [RunLane]
    /// How far the run came.
    public private(set) var end: Int64 = 0
    public private(set) var violation: RunReport.Finding?
    public private(set) var missing = MissingCurve()
    /// What one machine took in from another at one moment; by the number of transactions.
    public private(set) var transfers = Weightiest<RunTransfer>(limit: 5_000)
    /// Times that something lasted, by their lengths.
    public private(set) var spans: [RunSpan.Kind: Weightiest<RunSpan>] = [:]
    public private(set) var marks = RunMarks()
    private var grid: TimeGrid
    private static let cellLimit = 100_000
    private static let columnLimits = 60...1_600
    private static let spanLimit = 6_000

    public init(wall: Int64, workEnd: Int64, machines: Int) {
        (self.wall, self.workEnd) = (wall, workEnd)
        lanes = (0..<machines).map { _ in RunLane() }
        let limits = Self.columnLimits
        grid = TimeGrid(limit: min(max(Self.cellLimit / machines, limits.lowerBound), limits.upperBound))
    }

    /// How long a column is.
    public var columnMilliseconds: Int64 { grid.width }

    // MARK: What happens

    /// Somebody at a machine has done something.
    public mutating func noteAct(at lane: Int, _ time: Int64, isSale: Bool, hadEffect: Bool) {
        reach(time)
        let column = grid.column(of: time)
        if !hadEffect {
            lanes[lane].refused.add(1, in: column)
        } else if isSale {
            lanes[lane].sales.add(1, in: column)
        } else {
            lanes[lane].otherWrites.add(1, in: column)
        }
    }

    public mutating func note(_ transfer: RunTransfer) {
        reach(transfer.time)
        let column = grid.column(of: transfer.time)
        lanes[transfer.from].sent.add(transfer.transactions, in: column)
        lanes[transfer.to].received.add(transfer.transactions, in: column)
        transfers.add(transfer, weight: Int64(transfer.transactions))
    }

    public mutating func note(_ mark: RunMark) {
        reach(mark.time)
        marks.add(mark, least: grid.width)
    }

    /// From now on something is so at a machine, until it is said to be over. To say it twice changes nothing.
    public mutating func begin(_ kind: RunSpan.Kind, at lane: Int, _ time: Int64) {
        reach(time)
        if lanes[lane].begun[kind] == nil { lanes[lane].begun[kind] = time }
    }

    public mutating func end(_ kind: RunSpan.Kind, at lane: Int, _ time: Int64) {
        reach(time)
        guard let start = lanes[lane].begun.removeValue(forKey: kind), start < time else { return }
        lanes[lane].add(kind, start..<time, grid)
        let span = RunSpan(lane: lane, start: start, end: time)
        spans[kind, default: Weightiest(limit: Self.spanLimit)].add(span, weight: time - start)
    }

    /// - Parameter measure: counts what is missing now; asked when the curve has room for another point.
    public mutating func noteMissing(until time: Int64, _ measure: () -> MissingCurve.Measure) {
        missing.advance(to: time, measure)
    }

    /// The run is over.
    public mutating func conclude(at time: Int64, _ violation: RunReport.Finding?, _ measure: () -> MissingCurve.Measure) {
        reach(time)
        for lane in lanes.indices {
            for kind in RunSpan.Kind.allCases { end(kind, at: lane, time) }
        }
        missing.conclude(at: time, measure)
        self.violation = violation
    }

    private mutating func reach(_ time: Int64) {
        end = max(end, time)
        while let factor = grid.widen(toHold: end) {
            for lane in lanes.indices { lanes[lane].merge(by: factor) }
        }
    }
}
