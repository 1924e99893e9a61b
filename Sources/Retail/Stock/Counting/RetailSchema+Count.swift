public import CRDT
public import Replica

/// Stocktakes: what people found on the shelves, and from when on movements count behind it.
extension RetailSchema {
    /// A stocktake, with everything that was ever entered in it. In a store's books, by its number.
    public static let stocktake = Collection(
        14, "stocktake",
        [
            Field(Stocktake.name, "name", .register),
            Field(Stocktake.opened, "opened", .register),
            Field(Stocktake.status, "status", .progress(StocktakeStatus.lattice)),
            Field(Stocktake.isBlind, "is blind", .register),
            Field(Stocktake.entries, "entries", .facts { _, _ in [] }),
        ])

    /// What is known of one SKU's shelf: the counts that hold, and where each contributor's movements stood at the look. In a store's
    /// stock scope, by SKU. See `ShelfCount`.
    public static let count = Collection(
        21, "count", [Field(Count.entries, "entries", .map), Field(Count.bases, "bases", .map)], isForPeople: false)

    /// The field numbers of a stocktake.
    public enum Stocktake {
        public static let name: UInt32 = 1
        public static let opened: UInt32 = 2
        public static let status: UInt32 = 3
        /// 1: whoever counts is not shown what the books say.
        public static let isBlind: UInt32 = 4
        /// Facts: (SKU, id zone, id counter, integer quantity, moment of the look, integer quantity that the books said then).
        public static let entries: UInt32 = 5
    }

    /// The field numbers of a count.
    public enum Count {
        /// By zone and counter: what `CountEntry` says.
        public static let entries: UInt32 = 1
        /// By contributor and entry: (integer: the contributor's movements until the look; integer: all its movements when that was
        /// worked out). Only the contributor writes it.
        public static let bases: UInt32 = 2
    }

    public static func stocktake(_ id: Identifier, of store: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: store), collection: stocktake.number, id: id)
    }

    public static func count(of sku: Identifier, at store: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.stock, of: store), collection: count.number, id: sku)
    }
}

/// Whether a stocktake still takes entries.
public enum StocktakeStatus: Int64, CaseIterable, Sendable {
    case open = 0
    case closed = 1

    public var name: String { self == .open ? "open" : "closed" }

    public static let lattice = Lattice([
        Lattice.State(open.rawValue, open.name), Lattice.State(closed.rawValue, closed.name, follows: [open.rawValue]),
    ])
}
