public import CRDT
public import Replica

/// Goods: how many there are where, and the papers by which they move besides sales.
extension RetailSchema {
    /// One SKU's stock in one store. In the store's stock scope, by SKU: a counter for each kind of movement, so that what is on hand
    /// explains itself. See `StockView`.
    public static let stock = Collection(20, "stock", Stock.fields)

    /// Goods received. In a store's books, by the receipt's number.
    public static let receipt = Collection(
        11, "receipt",
        [
            Field(Receipt.received, "received", .register),
            Field(Receipt.lines, "lines", .facts(movements: Receipt.movements(ofLine:_:))),
            Field(Receipt.expected, "expected", .facts { _, _ in [] }),
            Field(Receipt.supplier, "supplier", .register),
            Field(Receipt.reference, "reference", .register),
            Field(Receipt.note, "note", .register),
        ])

    /// Goods that are lost, broken or used up. In a store's books, by the write-off's number.
    public static let writeOff = Collection(
        15, "write-off",
        [
            Field(WriteOff.written, "written", .register),
            Field(WriteOff.lines, "lines", .facts(movements: WriteOff.movements(ofLine:_:))),
            Field(WriteOff.status, "status", .progress(WriteOffStatus.lattice)),
            Field(WriteOff.clerk, "clerk", .register),
            Field(WriteOff.approver, "approver", .register),
            Field(WriteOff.note, "note", .register),
            Field(WriteOff.picture, "picture", .register),
        ])

    /// Goods on their way between two stores: each side writes its own half. In the mailbox of the store that they go to, by the number
    /// that the sender gave.
    public static let transfer = Collection(
        24, "transfer",
        [
            Field(Transfer.sender, "sender", .register),
            Field(Transfer.dispatched, "dispatched", .register),
            Field(Transfer.sent, "sent", .facts(movements: Transfer.movements(ofSent:_:))),
            Field(Transfer.arrived, "arrived", .facts(movements: Transfer.movements(ofArrived:_:))),
            Field(Transfer.received, "received", .register),
            Field(Transfer.status, "status", .progress(TransferStatus.lattice)),
            Field(Transfer.outcome, "outcome", .register),
            Field(Transfer.order, "order", .register),
            Field(Transfer.note, "note", .register),
        ])

    /// Between what a store wants its stock to stay. In its stock scope, by SKU.
    public static let stockLimit = Collection(
        22, "stock limit", [Field(StockLimit.low, "low", .register), Field(StockLimit.high, "high", .register)])

    static let goods = [receipt, stocktake, writeOff, stock, count, stockLimit, transfer]

    /// The field numbers of stock. Each counts up as goods move that way.
    public enum Stock {
        public static let sold: UInt32 = 1
        public static let received: UInt32 = 2
        /// By customers.
        public static let returned: UInt32 = 3
        /// To another store.
        public static let sent: UInt32 = 4
        /// From another store.
        public static let arrived: UInt32 = 5
        public static let writtenOff: UInt32 = 6

        static let fields = [
            Field(sold, "sold", .counter), Field(received, "received", .counter), Field(returned, "returned", .counter),
            Field(sent, "sent", .counter), Field(arrived, "arrived", .counter), Field(writtenOff, "written off", .counter),
        ]
    }

    /// The field numbers of a goods receipt, and what its facts move.
    public enum Receipt {
        public static let received: UInt32 = 1
        /// Facts: (SKU, quantity).
        public static let lines: UInt32 = 2
        /// Facts of what the delivery note says: (SKU, quantity).
        public static let expected: UInt32 = 3
        public static let supplier: UInt32 = 4
        /// The delivery note's number.
        public static let reference: UInt32 = 5
        public static let note: UInt32 = 6

        static func movements(ofLine key: RecordKey, _ line: Value) -> [Movement] {
            guard case .tuple(let items) = line, items.count == 2, case .identifier(let sku) = items[0],
                case .integer(let quantity) = items[1]
            else { return [] }
            let counter = Mutants.isOn("receipt-counted-as-a-sale") ? Stock.sold : Stock.received
            return [Movement(RetailSchema.stock(of: sku, at: key.scope.member), counter, quantity)]
        }
    }

    /// The field numbers of a write-off, and what its facts move.
    public enum WriteOff {
        public static let written: UInt32 = 1
        /// Facts: (SKU, quantity, integer of `WriteOffReason`, integer minor units that it was worth).
        public static let lines: UInt32 = 2
        /// Without it, it needs nobody's word.
        public static let status: UInt32 = 3
        public static let clerk: UInt32 = 4
        public static let approver: UInt32 = 5
        public static let note: UInt32 = 6
        public static let picture: UInt32 = 7

        static func movements(ofLine key: RecordKey, _ fact: Value) -> [Movement] {
            guard let line = WrittenOffLine(fact) else { return [] }
            return [Movement(RetailSchema.stock(of: line.sku, at: key.scope.member), Stock.writtenOff, line.quantity)]
        }
    }

    /// The field numbers of a transfer, and what its facts move.
    public enum Transfer {
        /// The member number of the store that the goods come from.
        public static let sender: UInt32 = 1
        public static let dispatched: UInt32 = 2
        /// Facts of the sender: (SKU, quantity, sender's member number).
        public static let sent: UInt32 = 3
        /// Facts of the receiver: (SKU, quantity).
        public static let arrived: UInt32 = 4
        public static let received: UInt32 = 5
        public static let status: UInt32 = 6
        /// What became of goods that did not arrive: an integer of `TransferOutcome`.
        public static let outcome: UInt32 = 7
        /// The order that it answers: an id.
        public static let order: UInt32 = 8
        public static let note: UInt32 = 9

        static func movements(ofSent key: RecordKey, _ fact: Value) -> [Movement] {
            guard let items = TupleReader(fact, atLeast: 3), let sku = items.identifier(0), let quantity = items.integer(1),
                let sender = items.integer(2).flatMap(UInt32.init(exactly:)), sender < 1 << 24
            else { return [] }
            return [Movement(RetailSchema.stock(of: sku, at: sender), Stock.sent, quantity)]
        }

        static func movements(ofArrived key: RecordKey, _ fact: Value) -> [Movement] {
            guard let items = TupleReader(fact, atLeast: 2), let sku = items.identifier(0), let quantity = items.integer(1)
            else {
                return []
            }
            return [Movement(RetailSchema.stock(of: sku, at: key.scope.member), Stock.arrived, quantity)]
        }
    }

    /// The field numbers of a stock limit: quantities of the SKU's smallest unit.
    public enum StockLimit {
        /// At so many, or fewer, somebody is told.
        public static let low: UInt32 = 1
        /// At so many, or more, somebody is told.
        public static let high: UInt32 = 2
    }

    public static func receipt(_ id: Identifier, of member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: member), collection: receipt.number, id: id)
    }

    public static func writeOff(_ id: Identifier, of member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: member), collection: writeOff.number, id: id)
    }

    /// - Parameter receiver: the member number of the store that the goods go to.
    public static func transfer(_ id: Identifier, to receiver: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.mailbox, of: receiver), collection: transfer.number, id: id)
    }

    public static func stock(of sku: Identifier, at member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.stock, of: member), collection: stock.number, id: sku)
    }

    public static func stockLimit(of sku: Identifier, at member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.stock, of: member), collection: stockLimit.number, id: sku)
    }
}
