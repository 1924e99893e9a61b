internal import CRDT

/// A cell as far as it is like others: its class, whether it begins a record, and under which write it stands.
struct PushStep: Hashable {
    let cellClass: CellClass
    let beginsRecord: Bool
    /// A `WriteCode`.
    let write: UInt8

    enum WriteCode {
        /// That of the record's cell before.
        static let same: UInt8 = 0
        /// The first one that the delta has told, and the second one.
        static let first: UInt8 = 1
        static let second: UInt8 = 2
        /// Another one: its place follows.
        static let other: UInt8 = 3
    }

    /// Stands before a delta's first cell and behind its last one.
    static let end = PushStep(cellClass: CellClass(head: .max, content: .max), beginsRecord: false, write: 0)
}
