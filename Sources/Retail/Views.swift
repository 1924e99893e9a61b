public import CRDT
public import Replica

/// An order as a person reads it.
public struct OrderView: Hashable, Sendable {
    public let id: Identifier
    public let store: UInt32
    public let customer: Identifier?
    public let payment: String?
    /// Minor units; nil if only a status of the order has arrived yet.
    public let total: Int64?
    /// Milliseconds since 1970.
    public let placed: Int64?
    public let status: Progress
    public let lines: [NewOrder.Line]
    public let points: Int64

    public init(_ key: RecordKey, _ record: Record, runOf: (Dot) -> Run?) {
        id = key.id
        store = key.scope.member
        func value(_ field: UInt32) -> Value? { record.register(SlotKey(field: field))?.value }
        customer = if case .identifier(let id) = value(RetailSchema.Order.customer) { id } else { nil }
        payment = Tender.name(of: value(RetailSchema.Order.payment))
        total = if case .integer(let total) = value(RetailSchema.Order.total) { total } else { nil }
        placed = if case .moment(let time) = value(RetailSchema.Order.placed) { time } else { nil }
        status = record.progress(RetailSchema.Order.status, in: OrderStatus.lattice)
        lines = record.facts(RetailSchema.Order.lines, runOf: runOf).compactMap { fact in
            guard case .tuple(let items) = fact.value, items.count == 3, case .identifier(let sku) = items[0],
                case .integer(let quantity) = items[1], case .integer(let price) = items[2]
            else { return nil }
            return NewOrder.Line(sku: sku, quantity: quantity, unitPrice: price)
        }
        points = record.facts(RetailSchema.Order.pointsEarned, runOf: runOf).reduce(0) { sum, fact in
            guard case .tuple(let items) = fact.value, case .integer(let points)? = items.last else { return sum }
            let (total, overflows) = sum.addingReportingOverflow(points)
            return overflows ? (points < 0 ? .min : .max) : total
        }
    }

    /// The status as one word: the state above all that is left.
    public var statusName: String {
        status.joined.flatMap { OrderStatus(rawValue: $0)?.name } ?? "unknown"
    }
}

/// One SKU's stock in one store.
public struct StockView: Hashable, Sendable {
    public let sku: Identifier
    public let store: UInt32
    public let sold: Int64
    public let received: Int64

    public var onHand: Int64 { received - sold }

    public init(_ key: RecordKey, _ record: Record) {
        sku = key.id
        store = key.scope.member
        sold = record.counter(RetailSchema.Stock.sold).value
        received = record.counter(RetailSchema.Stock.received).value
    }
}

/// A customer as a person reads it.
public struct CustomerView: Hashable, Sendable {
    public let id: Identifier
    public let phone: String?
    public let tier: String?
    public let home: String?
    public let tags: [Identifier]
    /// Values that were written concurrently and lost, by field name.
    public let losers: [Loser]

    public struct Loser: Hashable, Sendable {
        public let field: String
        public let text: String
    }

    public init(_ key: RecordKey, _ record: Record) {
        id = key.id
        var losers: [Loser] = []
        func text(_ field: UInt32, _ name: String) -> String? {
            guard let register = record.register(SlotKey(field: field)) else { return nil }
            for case .text(let text)? in register.losers.map(\.value) { losers.append(Loser(field: name, text: text)) }
            return if case .text(let text)? = register.value { text } else { nil }
        }
        phone = text(RetailSchema.Customer.phone, "phone")
        tier = text(RetailSchema.Customer.tier, "tier")
        home = text(RetailSchema.Customer.home, "home")
        self.losers = losers
        tags = record.elements(RetailSchema.Customer.tags).entries.compactMap {
            if case .identifier(let tag) = $0.element { tag } else { nil }
        }
    }
}
