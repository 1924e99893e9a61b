public import CRDT
public import Replica

/// A sale as a recorded log tells it.
public struct NewOrder: Hashable, Sendable {
    public typealias Line = SaleLine

    public var id: Identifier
    public var customer: Identifier?
    public var payment: String
    /// Minor units.
    public var total: Int64
    /// Milliseconds since 1970.
    public var placed: Int64
    public var lines: [Line]
    /// Loyalty points that the customer earns.
    public var points: Int64

    public init(
        id: Identifier, customer: Identifier?, payment: String, total: Int64, placed: Int64, lines: [Line], points: Int64
    ) {
        self.id = id
        self.customer = customer
        self.payment = payment
        self.total = total
        self.placed = placed
        self.lines = lines
        self.points = points
    }
}

/// What a command refused. Nothing was written.
public enum RetailError: Error, Hashable, Sendable {
    /// An order or a receipt with this number is there already.
    case exists(RecordKey)
}

extension RetailError: Refusal {
    public var problem: Problem {
        switch self {
        case .exists(let key):
            Problem(
                "exists",
                "The \(RetailSchema.schema[key.collection]?.name ?? "record") \(key.id) of this store is in the chain already.",
                remedy: "Import each log once; remove what was recorded twice.")
        }
    }
}

extension Transaction {
    /// Sells: writes the order, takes its lines out of stock and adds the points that were earned.
    public func place(_ order: NewOrder, at member: UInt32) throws {
        let key = RetailSchema.order(order.id, of: member)
        guard try record(key)[SlotKey(field: RetailSchema.Order.total)].isEmpty || Mutants.isOn("order-taken-twice") else {
            throw RetailError.exists(key)
        }
        if let customer = order.customer {
            try set(RetailSchema.Order.customer, of: key, to: .identifier(customer))
        }
        try set(RetailSchema.Order.payment, of: key, to: Tender.value(of: order.payment))
        try set(RetailSchema.Order.total, of: key, to: .integer(order.total))
        try set(RetailSchema.Order.placed, of: key, to: .moment(order.placed))
        if try record(key)[SlotKey(field: RetailSchema.Order.status)].isEmpty || Mutants.isOn("sale-sets-the-status-back") {
            // Else somebody has moved it on already, who heard of it elsewhere.
            try advance(RetailSchema.Order.status, of: key, to: OrderStatus.new.rawValue)
        }
        for line in order.lines { try state(line.value, in: RetailSchema.Order.lines, of: key) }
        if let customer = order.customer, order.points != 0 || Mutants.isOn("no-points-are-a-fact") {
            let fact = Value.tuple([.identifier(customer), .integer(order.points)])
            try state(fact, in: RetailSchema.Order.pointsEarned, of: key)
        }
    }

    /// Moves an order on. An order that is not known here yet is moved all the same: it will come.
    public func advance(order id: Identifier, of member: UInt32, to status: OrderStatus) throws {
        let key = RetailSchema.order(id, of: member)
        try advance(RetailSchema.Order.status, of: key, to: status.rawValue)
    }

    /// Takes goods in.
    ///
    /// - Parameters:
    ///   - received: milliseconds since 1970.
    ///   - lines: SKUs, and quantities of their smallest unit.
    public func receive(
        _ id: Identifier, received: Int64, _ lines: [(sku: Identifier, quantity: Int64)], at member: UInt32
    ) throws {
        let key = RetailSchema.receipt(id, of: member)
        guard try record(key).isEmpty || Mutants.isOn("receipt-taken-twice") else { throw RetailError.exists(key) }
        try set(RetailSchema.Receipt.received, of: key, to: .moment(received))
        for line in lines {
            let fact = Value.tuple([.identifier(line.sku), .integer(line.quantity)])
            try state(fact, in: RetailSchema.Receipt.lines, of: key)
        }
    }

    /// Edits a customer's record, field by field.
    ///
    /// - Parameters:
    ///   - fields: by number, out of `RetailSchema.Customer`.
    ///   - points: to add, counted at `member`.
    public func edit(
        customer id: Identifier, _ fields: [(field: UInt32, text: String)], adding tags: [Identifier] = [],
        removing removed: [Identifier] = [], points: Int64 = 0, at member: UInt32
    ) throws {
        let key = RetailSchema.customer(id)
        for (field, text) in fields { try set(field, of: key, to: .text(text)) }
        for tag in removed { try remove(RetailSchema.Customer.tags, .identifier(tag), of: key) }
        for tag in tags { try insert(.identifier(tag), into: RetailSchema.Customer.tags, of: key) }
        if points != 0 {
            let key = RetailSchema.points(of: id, at: member)
            try state(.integer(points), in: RetailSchema.Points.adjustments, of: key)
        }
    }
}
