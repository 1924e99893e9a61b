public import CRDT
public import Replica

/// Goods that a customer brings back, for money.
public struct Refund: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        public var sku: Identifier
        /// Of the SKU's smallest unit.
        public var quantity: Int64
        /// Minor units; nil: what was paid for it. It has to be said of an order that is not known here: as it stands on the receipt.
        public var amount: Int64?
        public var goods: ReturnedLine.Goods

        public init(sku: Identifier, quantity: Int64, amount: Int64? = nil, goods: ReturnedLine.Goods = .toStock) {
            (self.sku, self.quantity, self.amount, self.goods) = (sku, quantity, amount, goods)
        }
    }

    /// The number on the receipt.
    public var order: Identifier
    /// The member number of the store that sold.
    public var store: UInt32
    public var lines: [Line]
    /// How the money is given back: all of it by this way.
    public var tender: String
    public var customer: Identifier?
    public var cashier: Identifier?
    /// Milliseconds since 1970.
    public var placed: Int64
    /// The legal year, as 2026, where the till stands.
    public var year: Int
    /// Whether the store's own goodwill is spent where the right is not here: the same receipt may come back elsewhere, too.
    public var allowsGoodwill: Bool

    public init(
        order: Identifier, store: UInt32, lines: [Line], tender: String = Tender.cash.name, customer: Identifier? = nil,
        cashier: Identifier? = nil, placed: Int64, year: Int, allowsGoodwill: Bool = false
    ) {
        (self.order, self.store, self.lines, self.tender, self.customer) = (order, store, lines, tender, customer)
        (self.cashier, self.placed, self.year, self.allowsGoodwill) = (cashier, placed, year, allowsGoodwill)
    }
}

extension Transaction {
    /// Takes goods back and gives the money for them.
    ///
    /// The right to do that for an order lies with the machine that handed the goods over, and moves by request and grant: whatever
    /// islands there are, nothing is refunded twice by right. Where the right is not here, the money may come out of the store's
    /// goodwill, which is bounded; should the same goods be refunded elsewhere, both are seen to be when the islands meet.
    ///
    /// - Returns: the number of the refund's own document.
    public func refund(_ refund: Refund, at till: Till) throws -> Identifier {
        guard (1...OrderRules.lineLimit).contains(refund.lines.count) else { throw OrderError.lineCount(refund.lines.count) }
        try OrderRules.check(moment: refund.placed, field: "placed")
        let sold = try order(refund.order, of: refund.store)
        if sold.kind == .refund { throw OrderError.order(refund.order, .wrongKind(.refund)) }
        var returned: [ReturnedLine] = []
        for (index, line) in refund.lines.enumerated() {
            do {
                returned.append(try takeBack(line, of: refund, sold, at: till))
            } catch let fault as LineFault {
                throw OrderError.line(index, fault)
            }
        }
        let total = returned.map(\.amount).sumWithinBounds
        guard total <= Money.limit else { throw OrderError.totalTooLarge }
        let customer = refund.customer ?? sold.customer
        let payments = total == 0 ? [] : [Payment(tender: refund.tender, amount: -total)]
        try OrderRules.check(payments, sign: -1, by: customer)
        let number = try issue(
            Issue(
                .refund, placed: refund.placed, customer: customer, cashier: refund.cashier, returned: returned,
                payments: payments), year: refund.year, at: till)
        for line in returned where line.goods == .toStock {
            try backDate(line.sku, at: till.store, moved: line.quantity, at: refund.placed)
        }
        return number
    }

    /// Spends the right to take a line back, or goodwill.
    private func takeBack(_ line: Refund.Line, of refund: Refund, _ sold: OrderView, at till: Till) throws -> ReturnedLine {
        guard (1...Unit.quantityLimit).contains(line.quantity) else { throw LineFault.quantityOutOfRange }
        guard let right = RetailSchema.returnRight(refund.order, line.sku, of: refund.store) else {
            throw LineFault.unknownArticle(line.sku)
        }
        let lines = sold.lines.filter { $0.sku == line.sku }
        let isKnown = sold.issues > 0 || sold.total != nil
        guard !lines.isEmpty || !isKnown else { throw LineFault.notSold(line.sku) }
        try supplyReturnRight(under: right)
        let record = try record(right)
        let rights = record.escrow(RetailSchema.ReturnRight.rights)
        let before = Int64(rights.inUse).addingWithinBounds(record.counter(RetailSchema.ReturnRight.goodwill).value)
        let most = isKnown ? try mostPaid(for: line.quantity, of: lines, after: before) : nil
        guard let amount = line.amount ?? most else { throw LineFault.amountUnknown }
        guard (0...Money.limit).contains(amount) else { throw LineFault.amountBelowZero }
        guard amount <= most ?? amount else {
            throw LineFault.amountAboveSale(most: most ?? amount)
        }
        let isRight = rights.rights(of: origin) >= line.quantity
        if isRight {
            try changeEscrow(RetailSchema.ReturnRight.rights, of: right) { record, version throws(EscrowError) in
                try record.use(UInt64(line.quantity), of: RetailSchema.ReturnRight.rights, at: version)
            }
        } else {
            guard refund.allowsGoodwill else { throw LineFault.noReturnRight(held: rights.rights(of: origin)) }
            try spendGoodwill(amount, of: till.store)
        }
        return ReturnedLine(
            order: refund.order, store: refund.store, sku: line.sku, quantity: line.quantity, amount: amount, goods: line.goods,
            taxRate: lines.first?.taxRate ?? 0, basis: isRight ? .right : .goodwill)
    }

    /// What was paid for so many pieces behind those that were taken back before: all together come to what all cost.
    private func mostPaid(for quantity: Int64, of lines: [SaleLine], after returned: Int64) throws(LineFault) -> Int64 {
        let pieces = lines.map(\.quantity).sumWithinBounds
        let cost = lines.map(\.amount).sumWithinBounds
        guard quantity <= pieces - min(returned, pieces) else {
            throw .tooMuchReturned(left: pieces - min(returned, pieces))
        }
        guard pieces > 0 else { return 0 }
        return Money.share(of: cost, returned + quantity, in: pieces) - Money.share(of: cost, returned, in: pieces)
    }

    private func spendGoodwill(_ amount: Int64, of store: UInt32) throws {
        let (key, field) = (RetailSchema.goodwill(of: store), RetailSchema.Goodwill.rights)
        let held = try record(key).escrow(field).rights(of: origin)
        guard held >= amount else { throw LineFault.noGoodwill(held: held) }
        guard amount > 0 else { return }
        try changeEscrow(field, of: key) { record, version throws(EscrowError) in
            try record.use(UInt64(amount), of: field, at: version)
        }
    }

    /// Brings the right into being to take back what this machine has handed over: so much once, before anything is done with it.
    ///
    /// What an earlier life of this till has sold it may also have taken back, and have lost the memory of: that is not brought into
    /// being again here.
    func supplyReturnRight(under key: RecordKey) throws {
        let parts = "\(key.id)".split(separator: RetailSchema.idSeparator).compactMap { Identifier(String($0)) }
        guard parts.count == 2 else { return }
        let order = RetailSchema.order(parts[0], of: key.scope.member)
        let pieces = try facts(RetailSchema.Order.lines, of: order).reduce(Int64(0)) { sum, fact in
            guard fact.id.run.origin == origin, let line = SaleLine(fact.value), line.sku == parts[1] else { return sum }
            return sum.addingWithinBounds(max(0, line.quantity))
        }
        let row = try record(key).escrow(RetailSchema.ReturnRight.rights).rows[origin]
        let missing = pieces - Int64(row?.minted ?? 0)
        guard missing > 0 else { return }
        try changeEscrow(RetailSchema.ReturnRight.rights, of: key) { record, version throws(EscrowError) in
            try record.mint(UInt64(missing), in: RetailSchema.ReturnRight.rights, at: version)
        }
    }

    /// Asks for the right to take goods back: of the till that made the order out, whichever life of it. The answer comes by itself
    /// when both can talk.
    ///
    /// - Returns: false if that is not needed, or was asked for already.
    public func requestReturn(
        of quantity: Int64, _ sku: Identifier, with order: Identifier, of store: UInt32
    ) throws -> Bool {
        guard let key = RetailSchema.returnRight(order, sku, of: store) else { return false }
        let field = RetailSchema.ReturnRight.rights
        let rights = try record(key).escrow(field)
        let held = max(0, rights.rights(of: origin))
        let seller = SeriesName("\(order)")?.member ?? store
        guard held < quantity, seller != origin.member else { return false }
        do {
            try changeEscrow(field, of: key) { record, version throws(EscrowError) in
                try record.requestRights(UInt64(quantity - held), from: .anyIncarnation(of: seller), of: field, at: version)
            }
            return true
        } catch ReplicaError.escrow(_, _, .requestOpen) {
            return false
        }
    }
}
