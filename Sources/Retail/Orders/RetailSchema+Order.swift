public import CRDT
public import Replica

/// What tills write: documents, and the series that their numbers come from. In a store's books.
extension RetailSchema {
    /// By the order's number.
    public static let order = Collection(
        10, "order",
        [
            Field(Order.customer, "customer", .register),
            Field(Order.payment, "payment", .register),
            Field(Order.total, "total", .register),
            Field(Order.placed, "placed", .register),
            Field(Order.status, "status", .progress(OrderStatus.lattice)),
            Field(Order.lines, "lines", .facts(movements: Order.movements(ofLine:_:))),
            Field(Order.pointsEarned, "points earned", .facts(movements: Order.movements(ofPoints:_:))),
            Field(Order.payments, "payments", .facts(movements: Order.movements(ofPayment:_:))),
            Field(Order.issue, "issue", .facts { _, _ in [] }),
            Field(Order.ordered, "ordered", .facts { _, _ in [] }),
            Field(Order.changes, "changes", .map),
            Field(Order.returned, "returned", .facts(movements: Order.movements(ofReturned:_:))),
            Field(Order.note, "note", .register),
            Field(Order.due, "due", .register),
            Field(Order.phone, "phone", .register),
            Field(Order.address, "address", .register),
            Field(Order.channel, "channel", .register),
            Field(Order.held, "held", .register),
        ])

    /// By the series' name.
    public static let series = Collection(
        13, "series", [Field(Series.opened, "opened", .register), Field(Series.head, "head", .register)])

    /// The field numbers of an order, and what its facts move.
    public enum Order {
        public static let customer: UInt32 = 1
        /// Of an order out of a recorded log, which has no facts of its payments: how it was paid, what it came to, and when.
        public static let payment: UInt32 = 2
        public static let total: UInt32 = 3
        public static let placed: UInt32 = 4
        /// Without it a document is `done` if goods changed hands as it was made out, and else `new`.
        public static let status: UInt32 = 5
        /// Facts of what was handed over: (SKU, quantity, unit price, tax rate, discount, per, note, ordered line), as `SaleLine` says.
        public static let lines: UInt32 = 6
        /// Facts: (customer, points).
        public static let pointsEarned: UInt32 = 7
        /// Facts: (tender, amount, reference, customer who owes it).
        public static let payments: UInt32 = 8
        /// The fact by which a till gave the number: (kind, moment, customer or nothing, cashier or nothing, hash). See `Issue`.
        public static let issue: UInt32 = 9
        /// Facts of what is ordered, as `lines`; nothing has left yet.
        public static let ordered: UInt32 = 10
        /// What an ordered line says now, by its fact's identity: (quantity, unit price, discount, note); a quantity of 0 takes it out.
        public static let changes: UInt32 = 11
        /// Facts of a refund: (order, store, SKU, quantity, amount, where the goods went, tax rate, basis), as `ReturnedLine` says.
        public static let returned: UInt32 = 12
        public static let note: UInt32 = 13
        /// When it is to be picked up or delivered: a moment.
        public static let due: UInt32 = 14
        public static let phone: UInt32 = 15
        public static let address: UInt32 = 16
        /// Where it came from, if not over the counter, and what it is called there: (id channel, text number).
        public static let channel: UInt32 = 17
        /// Under which name it waits to be recalled at a till.
        public static let held: UInt32 = 18

        static func movements(ofLine key: RecordKey, _ line: Value) -> [Movement] {
            guard case .tuple(let items) = line, items.count >= 3, case .identifier(let sku) = items[0],
                case .integer(let quantity) = items[1]
            else { return [] }
            let pieces = Mutants.isOn("stock-moves-by-lines") ? 1 : quantity
            return [Movement(RetailSchema.stock(of: sku, at: key.scope.member), Stock.sold, pieces)]
        }

        static func movements(ofPoints key: RecordKey, _ fact: Value) -> [Movement] {
            guard case .tuple(let items) = fact, items.count == 2, case .identifier(let customer) = items[0],
                case .integer(let points) = items[1]
            else { return [] }
            return [Movement(RetailSchema.points(of: customer, at: key.scope.member), Points.balance, points)]
        }

        static func movements(ofPayment key: RecordKey, _ fact: Value) -> [Movement] {
            guard let payment = Payment(fact), payment.tender == Tender.account.name,
                let customer = TupleReader(fact, atLeast: 4)?.identifier(3)
            else { return [] }
            let field = payment.amount < 0 ? Account.paid : Account.charged
            return [Movement(RetailSchema.account(of: customer), field, Int64(clamping: payment.amount.magnitude))]
        }

        static func movements(ofReturned key: RecordKey, _ fact: Value) -> [Movement] {
            guard let line = ReturnedLine(fact) else { return [] }
            var movements: [Movement] = []
            if line.goods == .toStock {
                let stock = RetailSchema.stock(of: line.sku, at: key.scope.member)
                movements.append(Movement(stock, Stock.returned, line.quantity))
            }
            if line.basis == .goodwill, let right = RetailSchema.returnRight(line.order, line.sku, of: line.store) {
                movements.append(Movement(right, ReturnRight.goodwill, line.quantity))
            }
            return movements
        }
    }

    /// The field numbers of a series.
    public enum Series {
        /// (integer: the origin that opened it, as a signed number; and the number of the document that it goes on from: an id, if any).
        public static let opened: UInt32 = 1
        /// The number of its last document: an integer.
        public static let head: UInt32 = 2
    }

    public static func order(_ id: Identifier, of member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: member), collection: order.number, id: id)
    }

    public static func series(_ id: Identifier, of member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: member), collection: series.number, id: id)
    }
}
