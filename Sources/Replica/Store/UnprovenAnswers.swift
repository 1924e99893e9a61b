internal import CRDT

/// What peers have told, at one cut, of a scope's records that are aside, where it did not agree with what the heads remember.
struct UnprovenAnswers: Hashable {
    let cut: Cut
    /// The records, as the first of them told.
    let first: Hash128
    var count = 0
    /// They did not all tell the same: one at least is wrong, and nobody here can say which.
    var isContested = false
}
