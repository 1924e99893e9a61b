/// What a replica holds in a range of records: equal where the live cells are the same, so that a difference is found by
/// comparing ever smaller ranges.
///
/// Source: Meyer, "Range-Based Set Reconciliation" (2023).
public struct Fingerprint: Hashable, Sendable {
    /// Of records with live cells.
    public let count: Int
    /// Of the hashes of their live cells, as in a scope's digest.
    public let sum: Hash128

    public init(count: Int, sum: Hash128) {
        self.count = count
        self.sum = sum
    }
}
