/// One machine's part of a run, in columns of time.
public struct RunLane: Sendable {
    public internal(set) var sales = ColumnCounts()
    public internal(set) var otherWrites = ColumnCounts()
    /// What somebody wanted to do and could not: most often the machine was off.
    public internal(set) var refused = ColumnCounts()
    /// Transactions that others took in from here, and that were taken in here.
    public internal(set) var sent = ColumnCounts()
    public internal(set) var received = ColumnCounts()
    /// Of each column, how many milliseconds something was so.
    public private(set) var shares: [RunSpan.Kind: ColumnCounts] = [:]
    /// Since when something is so that is not over.
    var begun: [RunSpan.Kind: Int64] = [:]

    mutating func add(_ kind: RunSpan.Kind, _ span: Range<Int64>, _ grid: TimeGrid) {
        shares[kind, default: ColumnCounts()].add(span, grid)
    }

    mutating func merge(by factor: Int) {
        sales.merge(by: factor)
        otherWrites.merge(by: factor)
        refused.merge(by: factor)
        sent.merge(by: factor)
        received.merge(by: factor)
        for kind in shares.keys { shares[kind]?.merge(by: factor) }
    }
}
