internal import CRDT
internal import Replica
internal import Retail

/// A till sells.
struct Sell: Act {
    static let kind = "sell"
    static let isWork = true

    struct Line: Codable, Sendable {
        let sku: String
        let quantity: Int64
        let price: Int64
    }

    let node: Int
    let order: String
    let customer: String?
    let lines: [Line]
    let points: Int64

    var nodes: [Int] { [node] }

    var flaw: String? {
        let ids = [order] + [customer].compactMap(\.self) + lines.map(\.sku)
        if let id = ids.first(where: { Identifier($0) == nil }) { return PlanError.malformedIdentifier(id).description }
        let limit: Int64 = 1_000_000
        let numbers = lines.flatMap { [$0.quantity, $0.price] } + [points]
        guard (1...LogLimits.orderLines).contains(lines.count), numbers.allSatisfy((0...limit).contains) else {
            return "a sale has 1 to \(LogLimits.orderLines) lines; quantities, prices and points are 0 to \(limit)"
        }
        // Each would be a fact of its own, and no till writes it so.
        return Set(lines.map(\.sku)).count == lines.count ? nil : "a sale names each article once"
    }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let placed = laboratory.wall(of: node)
        let customer = try customer.map(Identifier.init(inPlan:))
        let order = NewOrder(
            id: try Identifier(inPlan: order), customer: customer, payment: "cash",
            total: lines.reduce(0) { $0 + $1.quantity * $1.price }, placed: placed,
            lines: try lines.map { line in
                NewOrder.Line(sku: try Identifier(inPlan: line.sku), quantity: line.quantity, unitPrice: line.price)
            }, points: customer == nil ? 0 : points)
        return try laboratory.write(at: node) { member, seen in
            // Whoever has not heard that it is booked may not book it again.
            guard seen.isEmpty(RetailSchema.order(order.id, of: member), RetailSchema.Order.total) else { return nil }
            return effects(of: order, member, isNew: { key, field in seen.isEmpty(key, field) })
        } by: { transaction, member in
            try transaction.place(order, at: member)
        }
    }

    /// What a sale means: the order with what was said of it, each line once, stock and points moved by the lines.
    private func effects(
        of order: NewOrder, _ member: UInt32, isNew: (RecordKey, UInt32) -> Bool
    ) -> [Effect] {
        typealias Field = RetailSchema.Order
        let key = RetailSchema.order(order.id, of: member)
        var effects: [Effect] = []
        if let customer = order.customer { effects.append(Effect(key, Field.customer, .assign(.identifier(customer)))) }
        // Cash is the second of the numbered ways to pay.
        effects.append(Effect(key, Field.payment, .assign(.integer(1))))
        effects.append(Effect(key, Field.total, .assign(.integer(order.total))))
        effects.append(Effect(key, Field.placed, .assign(.moment(order.placed))))
        if isNew(key, Field.status) { effects.append(Effect(key, Field.status, .advance(0))) }
        for (index, line) in order.lines.enumerated() {
            let fact = Value.tuple([.identifier(line.sku), .integer(line.quantity), .integer(line.unitPrice)])
            effects.append(Effect(key, Field.lines, .index(UInt64(index)), .fact(fact)))
            let stock = RetailSchema.stock(of: line.sku, at: member)
            effects.append(Effect(stock, RetailSchema.Stock.sold, .count(line.quantity)))
        }
        if let customer = order.customer, order.points != 0 {
            let fact = Value.tuple([.identifier(customer), .integer(order.points)])
            effects.append(Effect(key, Field.pointsEarned, .index(0), .fact(fact)))
            let points = RetailSchema.points(of: customer, at: member)
            effects.append(Effect(points, RetailSchema.Points.balance, .count(order.points)))
        }
        return effects
    }
}
