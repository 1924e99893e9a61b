public import CRDT
public import Replica

/// Goods over the counter, paid as they go.
public struct Sale: Hashable, Sendable {
    public var lines: [SaleLine]
    /// They add up to what the lines cost.
    public var payments: [Payment]
    public var customer: Identifier?
    public var cashier: Identifier?
    /// Milliseconds since 1970.
    public var placed: Int64
    /// The legal year, as 2026, where the till stands.
    public var year: Int
    /// Loyalty points that the customer earns.
    public var points: Int64

    public init(
        lines: [SaleLine], payments: [Payment], customer: Identifier? = nil, cashier: Identifier? = nil, placed: Int64,
        year: Int, points: Int64 = 0
    ) {
        (self.lines, self.payments, self.customer, self.cashier) = (lines, payments, customer, cashier)
        (self.placed, self.year, self.points) = (placed, year, points)
    }
}

extension Transaction {
    /// Sells over the counter: the goods are gone, however many the books believe to be there.
    ///
    /// - Returns: the number of the receipt, which is final.
    /// - Throws: `OrderError`; then nothing is written.
    public func sell(_ sale: Sale, at till: Till) throws -> Identifier {
        try OrderRules.check(sale.lines) { try article($0, at: till.store) }
        try OrderRules.check(sale.payments, by: sale.customer)
        try OrderRules.check(moment: sale.placed, field: "placed")
        let total = try OrderRules.total(of: sale.lines)
        let paid = sale.payments.reduce(0) { $0 + $1.amount }
        guard total == paid else { throw OrderError.paymentsDiffer(total: total, paid: paid) }
        let number = try issue(
            Issue(
                .sale, placed: sale.placed, customer: sale.customer, cashier: sale.cashier, lines: sale.lines,
                payments: sale.payments), year: sale.year, at: till)
        for line in sale.lines { try backDate(line.sku, at: till.store, moved: -line.quantity, at: sale.placed) }
        if let customer = sale.customer, sale.points != 0 {
            let fact = Value.tuple([.identifier(customer), .integer(sale.points)])
            try state(fact, in: RetailSchema.Order.pointsEarned, of: RetailSchema.order(number, of: till.store))
        }
        return number
    }
}
