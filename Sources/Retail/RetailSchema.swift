public import CRDT
public import Replica

/// The chain's records. Numbers are permanent: a field keeps its number and kind for ever, and none is used twice.
public enum RetailSchema {
    public static let schema = Schema([
        office, member, order, receipt, points, stock, customer, fence, fenceReceipt,
    ])

    /// Who belongs to the chain. In the scope `chain`, by the member's number.
    public static let member = Collection(
        1, "member",
        [
            Field(Member.name, "name", .register),
            Field(Member.certificate, "certificate", .register),
            Field(Member.revoked, "revoked", .register),
            Field(Member.reason, "reason", .register),
            Field(Member.address, "address", .register),
            Field(Member.regions, "regions", .set),
            Field(Member.role, "role", .register),
            Field(Member.replaced, "replaced", .set),
        ])

    /// In a store's books, by the order's number.
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
        ])

    /// Goods received. In a store's books, by the receipt's number.
    public static let receipt = Collection(
        11, "receipt",
        [
            Field(Receipt.received, "received", .register),
            Field(Receipt.lines, "lines", .facts(movements: Receipt.movements(ofLine:_:))),
        ])

    /// What one store counted of a customer's points. In the store's books, by the customer's id; HQ folds the stores.
    public static let points = Collection(
        12, "points",
        [
            Field(Points.balance, "balance", .counter),
            Field(Points.adjustments, "adjustments", .facts(movements: Points.movements(ofAdjustment:_:))),
        ])

    /// One SKU's stock in one store. In the store's stock scope, by SKU; on-hand is the sum of the movements.
    public static let stock = Collection(
        20, "stock",
        [Field(Stock.sold, "sold", .counter), Field(Stock.received, "received", .counter)])

    /// In the scope `customers`, by the customer's id.
    public static let customer = Collection(
        30, "customer",
        [
            Field(Customer.phone, "phone", .register),
            Field(Customer.tier, "tier", .register),
            Field(Customer.home, "home", .register),
            Field(Customer.tags, "tags", .set),
        ])

    /// The field numbers of a member. Only the registrar writes them.
    public enum Member {
        public static let name: UInt32 = 1
        /// The member's newest certificate, DER. It stays when the member is revoked.
        public static let certificate: UInt32 = 2
        /// Since when the member may not sync any more: a moment.
        public static let revoked: UInt32 = 3
        /// Why, for people.
        public static let reason: UInt32 = 4
        /// Where others dial the member: HOST:PORT.
        public static let address: UInt32 = 5
        /// Whose customers the member serves: a set of regions' numbers as identifiers of 8 digits. Empty is region 0.
        public static let regions: UInt32 = 6
        /// What the member is, beyond a store: bytes, which the chain's authority has signed (`Protocol/office.md`).
        public static let role: UInt32 = 7
        /// The machines in whose place there is another one: a set of the SHA-256 of their public keys.
        public static let replaced: UInt32 = 8

        /// The role of a member that holds everything, besides the founder's HQ.
        public static let headquarters: Int64 = 1
    }

    /// The field numbers of an order, and what its facts move.
    public enum Order {
        public static let customer: UInt32 = 1
        public static let payment: UInt32 = 2
        public static let total: UInt32 = 3
        public static let placed: UInt32 = 4
        public static let status: UInt32 = 5
        /// Facts: (SKU, quantity, unit price).
        public static let lines: UInt32 = 6
        /// Facts: (customer, points).
        public static let pointsEarned: UInt32 = 7

        static func movements(ofLine key: RecordKey, _ line: Value) -> [Movement] {
            guard case .tuple(let items) = line, items.count == 3, case .identifier(let sku) = items[0],
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
    }

    /// The field numbers of a goods receipt, and what its facts move.
    public enum Receipt {
        public static let received: UInt32 = 1
        /// Facts: (SKU, quantity).
        public static let lines: UInt32 = 2

        static func movements(ofLine key: RecordKey, _ line: Value) -> [Movement] {
            guard case .tuple(let items) = line, items.count == 2, case .identifier(let sku) = items[0],
                case .integer(let quantity) = items[1]
            else { return [] }
            let counter = Mutants.isOn("receipt-counted-as-a-sale") ? Stock.sold : Stock.received
            return [Movement(RetailSchema.stock(of: sku, at: key.scope.member), counter, quantity)]
        }
    }

    /// The field numbers of points, and what its facts move.
    public enum Points {
        public static let balance: UInt32 = 1
        /// Facts: points, of either sign.
        public static let adjustments: UInt32 = 2

        static func movements(ofAdjustment key: RecordKey, _ fact: Value) -> [Movement] {
            guard case .integer(let points) = fact else { return [] }
            return [Movement(key, balance, points)]
        }
    }

    /// The field numbers of stock. Sold counts up as goods leave; received counts up as they come.
    public enum Stock {
        public static let sold: UInt32 = 1
        public static let received: UInt32 = 2
    }

    /// The field numbers of a customer.
    public enum Customer {
        public static let phone: UInt32 = 1
        public static let tier: UInt32 = 2
        public static let home: UInt32 = 3
        public static let tags: UInt32 = 4
    }

    public static func member(_ number: UInt32) -> RecordKey {
        RecordKey(scope: .chain, collection: member.number, id: Identifier(number: UInt64(number), digits: 8))
    }

    public static func order(_ id: Identifier, of member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: member), collection: order.number, id: id)
    }

    public static func receipt(_ id: Identifier, of member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: member), collection: receipt.number, id: id)
    }

    public static func points(of customer: Identifier, at member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.books, of: member), collection: points.number, id: customer)
    }

    public static func stock(of sku: Identifier, at member: UInt32) -> RecordKey {
        RecordKey(scope: Scope(.stock, of: member), collection: stock.number, id: sku)
    }

    public static func customer(_ id: Identifier) -> RecordKey {
        RecordKey(scope: Scope(.customers), collection: customer.number, id: id)
    }
}
