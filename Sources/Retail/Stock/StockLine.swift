public import CRDT

/// A quantity of an article on a paper that moves goods.
public struct StockLine: Hashable, Sendable {
    public var sku: Identifier
    /// Of the SKU's smallest unit.
    public var quantity: Int64

    public init(sku: Identifier, quantity: Int64) {
        (self.sku, self.quantity) = (sku, quantity)
    }
}

extension StockLine {
    /// A fact, with whatever else such a paper says of a line.
    func value(_ more: Value...) -> Value { .tuple([.identifier(sku), .integer(quantity)] + more) }

    init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 2), let sku = items.identifier(0), let quantity = items.integer(1) else {
            return nil
        }
        self.init(sku: sku, quantity: quantity)
    }
}

/// Goods that are gone, why, and what they were worth.
public struct WrittenOffLine: Hashable, Sendable {
    public var sku: Identifier
    /// Of the SKU's smallest unit.
    public var quantity: Int64
    public var reason: WriteOffReason
    /// Minor units at the retail price of that time.
    public var worth: Int64

    public init(sku: Identifier, quantity: Int64, reason: WriteOffReason, worth: Int64 = 0) {
        (self.sku, self.quantity, self.reason, self.worth) = (sku, quantity, reason, worth)
    }
}

extension WrittenOffLine {
    var value: Value {
        StockLine(sku: sku, quantity: quantity).value(.integer(reason.rawValue), .integer(worth))
    }

    init?(_ value: Value) {
        guard let line = StockLine(value), let items = TupleReader(value, atLeast: 4),
            let reason = items.integer(2).flatMap(WriteOffReason.init(rawValue:)), let worth = items.integer(3)
        else { return nil }
        self.init(sku: line.sku, quantity: line.quantity, reason: reason, worth: worth)
    }
}

extension [StockLine] {
    /// So many of each SKU, ascending by SKU.
    var sums: [StockLine] {
        var sums: [Identifier: Int64] = [:]
        for line in self { sums[line.sku] = sums[line.sku, default: 0].addingWithinBounds(line.quantity) }
        return sums.map { StockLine(sku: $0.key, quantity: $0.value) }.sorted { $0.sku < $1.sku }
    }

    /// What is in this list beyond another one, of each SKU of either; ascending by SKU, without those that are equal.
    func differences(from other: [StockLine]) -> [StockLine] {
        (self + other.map { StockLine(sku: $0.sku, quantity: 0 &- $0.quantity) }).sums.filter { $0.quantity != 0 }
    }
}
