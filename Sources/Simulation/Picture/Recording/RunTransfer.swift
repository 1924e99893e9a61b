/// What one machine took in from another at one moment, and made visible.
public struct RunTransfer: Hashable, Sendable {
    public let from: Int
    public let to: Int
    public let time: Int64
    /// Counted in each scope that they touch.
    public let transactions: Int

    public init(from: Int, to: Int, time: Int64, transactions: Int) {
        (self.from, self.to, self.time, self.transactions) = (from, to, time, transactions)
    }
}
