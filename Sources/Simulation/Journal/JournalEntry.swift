public import CRDT

/// One transaction's part in one scope, as its writer made it.
public struct JournalEntry: Sendable {
    public let dot: Dot
    public let stamp: HLC
    /// What its writer had seen of the scope.
    public let seen: VersionVector
    /// The machine.
    public let node: Int
    /// The world's time, in milliseconds.
    public let time: Int64
    public let effects: [Effect]
}
