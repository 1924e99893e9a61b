public import CRDT

/// A line of an order: what, how much of it, and for how much.
public struct SaleLine: Hashable, Sendable {
    public var sku: Identifier
    /// Of the SKU's smallest unit.
    public var quantity: Int64
    /// Minor units for `per` units of quantity.
    public var unitPrice: Int64
    /// How many units of quantity the price is for: 1, or 1000 of what is sold by the kilogram, litre or metre.
    public var per: Int64
    /// Minor units off the line.
    public var discount: Int64
    /// Hundredths of a percent.
    public var taxRate: Int64
    /// Modifiers, engravings, tastes: whatever the customer wants it to be.
    public var note: String
    /// Of a line that was handed over: which ordered one it is (`LineID`).
    public var ordered: String?

    public init(
        sku: Identifier, quantity: Int64, unitPrice: Int64, per: Int64 = 1, discount: Int64 = 0, taxRate: Int64 = 0,
        note: String = "", ordered: String? = nil
    ) {
        (self.sku, self.quantity, self.unitPrice, self.per) = (sku, quantity, unitPrice, per)
        (self.discount, self.taxRate, self.note, self.ordered) = (discount, taxRate, note, ordered)
    }

    /// Of minor units.
    public static let priceLimit: Int64 = 1_000_000_000_000
    static let noteLimit = 200

    /// What the goods cost before the discount: minor units, half a unit counts up.
    public var gross: Int64 { Money.share(of: unitPrice, quantity, in: max(per, 1)) }

    /// Minor units. A line that somebody else wrote may say anything; what is out of bounds stays at the bound.
    public var amount: Int64 {
        let (amount, overflows) = gross.subtractingReportingOverflow(discount)
        return overflows ? (discount > 0 ? .min : .max) : amount
    }

    /// A part of the line. Of the discount it has so much that all parts together have the whole.
    ///
    /// - Parameter start: how much of the quantity other parts had before.
    func part(from start: Int64, _ quantity: Int64) -> SaleLine {
        guard self.quantity > 0 else { return self }
        var part = self
        part.quantity = quantity
        let shares = [start, start.addingWithinBounds(quantity)].map { Money.share(of: discount, $0, in: self.quantity) }
        part.discount = shares[1].subtractingReportingOverflow(shares[0]).partialValue
        return part
    }
}

extension SaleLine {
    /// A fact; what is as usual at its end is left out.
    var value: Value {
        var items: [Value] = [
            .identifier(sku), .integer(quantity), .integer(unitPrice), .integer(taxRate), .integer(discount), .integer(per),
            .text(note), .text(ordered ?? ""),
        ]
        let usual: [Value] = [.integer(0), .integer(0), .integer(1), .text(""), .text("")]
        while items.count > 3, items.last == usual[items.count - 4] { items.removeLast() }
        return .tuple(items)
    }

    init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 3), let sku = items.identifier(0), let quantity = items.integer(1),
            let price = items.integer(2)
        else { return nil }
        self.init(
            sku: sku, quantity: quantity, unitPrice: price, per: items.integer(5) ?? 1, discount: items.integer(4) ?? 0,
            taxRate: items.integer(3) ?? 0, note: items.text(6) ?? "",
            ordered: items.text(7).flatMap { $0.isEmpty ? nil : $0 })
    }
}
