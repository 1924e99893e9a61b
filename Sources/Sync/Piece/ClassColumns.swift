internal import CRDT

/// What is gathered of the cells of one class while a piece is encoded.
struct ClassColumns {
    /// By step of a record: how many alike cells follow the first.
    var repeats: [UInt64] = []
    /// By cell: the explicit index of its element.
    var indexes: [UInt64] = []
    /// By cell: the id or the bytes of its element.
    var elements: [UInt32] = []
    /// By place in the tuple; one for a value that is none.
    var items: [Item]
    /// By cell: its record.
    var owners: [UInt32] = []
    /// The writes that are named first in this class.
    var writes: [UInt32] = []

    struct Item {
        let code: UInt64
        /// Integers, milliseconds relative to their stamp, or increments.
        var numbers: [UInt64] = []
        var decrements: [UInt64] = []
        /// Ids, texts or byte strings.
        var terms: [UInt32] = []
    }

    init(_ cellClass: CellClass) {
        items = cellClass.items.map { Item(code: $0) }
    }
}
