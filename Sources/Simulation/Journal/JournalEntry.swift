public import CRDT
internal import Replica

/// One transaction's part in one scope, as its writer made it.
public struct JournalEntry: Sendable {
    /// By the journal's name of the history that it is in.
    public let dot: Dot
    /// What its origin's chain had come to with it; zero if nobody knows.
    let hash: Hash128
    public let stamp: HLC
    /// What its writer had seen of the scope, by the journal's names.
    public let seen: VersionVector
    /// The machine.
    public let node: Int
    /// The world's time, in milliseconds.
    public let time: Int64
    /// Nothing, if the engine made it for itself: a closure, a horizon, a share that was counted again.
    public let effects: [Effect]
    /// What it was called when somebody made it, if the engine has written it again under this dot.
    var born: Dot?

    /// Whether somebody had made it before, under another dot.
    public var isWrittenAgain: Bool { born != nil }
}
