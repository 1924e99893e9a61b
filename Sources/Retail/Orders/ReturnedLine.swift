public import CRDT

/// Goods that a customer brought back: out of which order, and what was paid for them.
public struct ReturnedLine: Hashable, Sendable {
    /// Where the goods went.
    public enum Goods: Int64, CaseIterable, Sendable {
        /// Back on the shelf.
        case toStock = 0
        /// They cannot be sold again.
        case scrapped = 1

        public var name: String { self == .toStock ? "stock" : "scrap" }

        public init?(name: String) {
            guard let goods = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = goods
        }
    }

    /// By what the money was given back.
    public enum Basis: Int64, CaseIterable, Sendable {
        /// Nobody else can give it for the same goods.
        case right = 0
        /// Somebody else may have, or may yet.
        case goodwill = 1

        public var name: String { self == .right ? "right" : "goodwill" }
    }

    /// The number of the order that they were sold with, and the member number of its store.
    public var order: Identifier
    public var store: UInt32
    public var sku: Identifier
    /// Above 0, of the SKU's smallest unit.
    public var quantity: Int64
    /// Minor units that are given back for it.
    public var amount: Int64
    public var goods: Goods
    /// Hundredths of a percent: the tax that is in the amount.
    public var taxRate: Int64
    public var basis: Basis

    public init(
        order: Identifier, store: UInt32, sku: Identifier, quantity: Int64, amount: Int64, goods: Goods = .toStock,
        taxRate: Int64 = 0, basis: Basis = .right
    ) {
        (self.order, self.store, self.sku, self.quantity) = (order, store, sku, quantity)
        (self.amount, self.goods, self.taxRate, self.basis) = (amount, goods, taxRate, basis)
    }
}

extension ReturnedLine {
    /// A fact.
    var value: Value {
        .tuple([
            .identifier(order), .integer(Int64(store)), .identifier(sku), .integer(quantity), .integer(amount),
            .integer(goods.rawValue), .integer(taxRate), .integer(basis.rawValue),
        ])
    }

    init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 8), let order = items.identifier(0),
            let store = items.integer(1).flatMap(UInt32.init(exactly:)), store < 1 << 24, let sku = items.identifier(2),
            let quantity = items.integer(3), let amount = items.integer(4),
            let goods = items.integer(5).flatMap(Goods.init(rawValue:)),
            let rate = items.integer(6), let basis = items.integer(7).flatMap(Basis.init(rawValue:))
        else { return nil }
        self.init(
            order: order, store: store, sku: sku, quantity: quantity, amount: amount, goods: goods, taxRate: rate, basis: basis)
    }
}
