public import CRDT
public import Replica

/// An order whose goods are still to be handed over: a customer's, a store's to HQ, or a sale that waits at the till.
public struct OrderDraft: Hashable, Sendable {
    public var kind: OrderKind
    public var lines: [SaleLine]
    /// What is paid in advance.
    public var payments: [Payment]
    public var customer: Identifier?
    public var cashier: Identifier?
    /// Milliseconds since 1970.
    public var placed: Int64
    /// The legal year, as 2026, where the till stands.
    public var year: Int
    public var details: OrderDetails

    public init(
        _ kind: OrderKind, lines: [SaleLine], payments: [Payment] = [], customer: Identifier? = nil, cashier: Identifier? = nil,
        placed: Int64, year: Int, details: OrderDetails = OrderDetails()
    ) {
        (self.kind, self.lines, self.payments, self.customer, self.cashier) = (kind, lines, payments, customer, cashier)
        (self.placed, self.year, self.details) = (placed, year, details)
    }
}

/// What is known of an order besides its lines.
public struct OrderDetails: Hashable, Sendable {
    public var note: String?
    /// When it is to be picked up or delivered, in milliseconds since 1970.
    public var due: Int64?
    public var phone: String?
    public var address: String?
    public var channel: OrderView.Channel?
    /// Under which name it waits to be recalled at a till.
    public var held: String?

    public init(
        note: String? = nil, due: Int64? = nil, phone: String? = nil, address: String? = nil, channel: OrderView.Channel? = nil,
        held: String? = nil
    ) {
        (self.note, self.due, self.phone, self.address, self.channel, self.held) = (note, due, phone, address, channel, held)
    }
}

extension Transaction {
    /// Takes an order.
    ///
    /// - Returns: its number, which is final.
    public func place(_ draft: OrderDraft, at till: Till) throws -> Identifier {
        guard draft.kind != .refund else { throw OrderError.lineCount(0) }
        try OrderRules.check(draft.lines) { try article($0, at: till.store) }
        if let (index, line) = try firstWithdrawn(draft.lines, at: draft.placed, in: till.store), draft.kind != .sale {
            throw OrderError.line(index, .withdrawnArticle(line.sku))
        }
        try OrderRules.check(draft.payments, by: draft.customer)
        try OrderRules.check(moment: draft.placed, field: "placed")
        let number = try issue(
            Issue(
                draft.kind, placed: draft.placed, customer: draft.customer, cashier: draft.cashier, ordered: draft.lines,
                payments: draft.payments), year: draft.year, at: till)
        try write(draft.details, to: RetailSchema.order(number, of: till.store))
        return number
    }

    private func firstWithdrawn(
        _ lines: [SaleLine], at milliseconds: Int64, in store: UInt32
    ) throws -> (Int, SaleLine)? {
        try lines.enumerated().first { _, line in
            try article(line.sku, at: store)?.withdrawn.map { $0 <= milliseconds } ?? false
        }.map { ($0.offset, $0.element) }
    }

    private func write(_ details: OrderDetails, to key: RecordKey) throws {
        var inputs: [(name: String, input: Form.Input)] = []
        if let note = details.note { inputs.append(("note", .text(note))) }
        if let due = details.due { inputs.append(("due", .integer(due))) }
        if let phone = details.phone { inputs.append(("phone", .text(phone))) }
        if let address = details.address { inputs.append(("address", .text(address))) }
        if let held = details.held { inputs.append(("held", .text(held))) }
        try edit(key, by: .order, inputs)
        guard let channel = details.channel else { return }
        guard PlainText.isPrintable(channel.number), channel.number.count <= 100 else {
            throw OrderError.text(.unprintable("channel"))
        }
        let value = Value.tuple([.identifier(channel.name), .text(channel.number)])
        try set(RetailSchema.Order.channel, of: key, to: value)
    }
}

extension Form {
    /// What may be edited of an order besides its lines.
    public static let order = Form(
        "order",
        [
            Entry("customer", RetailSchema.Order.customer, .identifier(of: nil), "whose it is"),
            Entry("note", RetailSchema.Order.note, .text(limit: 1000), "what is to be minded"),
            Entry("due", RetailSchema.Order.due, .moment, "when it is to be picked up or delivered"),
            Entry("phone", RetailSchema.Order.phone, .text(limit: 40), "whom to call"),
            Entry("address", RetailSchema.Order.address, .text(limit: 1000), "where it goes"),
            Entry("held", RetailSchema.Order.held, .text(limit: 40), "under which name it waits to be recalled at a till"),
        ])
}
