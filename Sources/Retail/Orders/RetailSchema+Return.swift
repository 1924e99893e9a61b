public import CRDT
public import Replica

/// Who may give money back for what: rights that move by request and grant, in the mailbox of a store, where every member may ask.
extension RetailSchema {
    /// How much of what was sold with an order may still be taken back, of one SKU. In the mailbox of the order's store, by the order's
    /// number and the SKU.
    public static let returnRight = Collection(
        26, "return right",
        [
            Field(ReturnRight.rights, "rights", .escrow { try $0.supplyReturnRight(under: $1) }),
            Field(ReturnRight.goodwill, "goodwill", .counter),
        ])

    /// Minor units that a store may give back without such a right. In the store's mailbox; HQ brings them into being.
    public static let goodwill = Collection(27, "goodwill", [Field(Goodwill.rights, "rights", .escrow())])

    /// The field numbers of a return right.
    public enum ReturnRight {
        /// Of the SKU's smallest unit.
        public static let rights: UInt32 = 1
        /// How much was taken back without a right. With what is used by right it may come to more than was sold: then the same goods
        /// were paid back twice, at most once of that by right.
        public static let goodwill: UInt32 = 2
    }

    /// The field numbers of a store's goodwill.
    public enum Goodwill {
        /// Of minor units.
        public static let rights: UInt32 = 1
    }

    /// Between an order's number and a SKU; nobody types it.
    static let idSeparator: Character = "\u{1F}"

    /// - Returns: nil if the two are too long together, which neither is that the shop has made.
    public static func returnRight(_ order: Identifier, _ sku: Identifier, of store: UInt32) -> RecordKey? {
        Identifier("\(order)\(idSeparator)\(sku)").map {
            RecordKey(scope: Scope(.mailbox, of: store), collection: returnRight.number, id: $0)
        }
    }

    public static func goodwill(of store: UInt32) -> RecordKey {
        guard let id = Identifier("goodwill") else { preconditionFailure("an id of 8 letters is one") }
        return RecordKey(scope: Scope(.mailbox, of: store), collection: goodwill.number, id: id)
    }
}
