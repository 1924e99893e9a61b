public import CRDT
public import Replica

/// What becomes of an order after it was taken: in its store, or at HQ.
extension Transaction {
    /// Edits what is known of an order besides its lines, whatever has become of it.
    public func edit(order id: Identifier, of store: UInt32, _ inputs: [(name: String, input: Form.Input)]) throws {
        _ = try known(id, of: store)
        try edit(RetailSchema.order(id, of: store), by: .order, inputs)
    }

    /// Changes an ordered line as long as the order is open.
    ///
    /// - Parameters:
    ///   - name: the line's, as `OrderedLine` says.
    ///   - change: what it says from then on; its SKU stays, and a quantity of 0 takes it out.
    public func change(
        line name: String, of id: Identifier, of store: UInt32, _ change: (inout SaleLine) -> Void
    ) throws {
        let order = try open(id, of: store)
        guard let ordered = order.ordered.first(where: { $0.id == name }) else {
            throw OrderError.line(0, .unknownLine(name))
        }
        var line = ordered.line
        change(&line)
        (line.sku, line.per, line.taxRate) = (ordered.line.sku, ordered.line.per, ordered.line.taxRate)
        guard line.quantity >= ordered.handedOver else { throw OrderError.line(0, .handedOverAlready(ordered.handedOver)) }
        if line.quantity != 0 { try OrderRules.check([line]) { try article($0, at: store) } }
        guard line != ordered.line || !ordered.losers.isEmpty else { return }
        try set(
            RetailSchema.Order.changes, ordered.fact.element, of: RetailSchema.order(id, of: store), to: LineChange.value(line))
    }

    /// Adds lines to an open order.
    public func add(_ lines: [SaleLine], to id: Identifier, of store: UInt32) throws {
        let order = try open(id, of: store)
        try OrderRules.check(lines) { try article($0, at: store) }
        guard order.ordered.count + lines.count <= OrderRules.lineLimit else {
            throw OrderError.lineCount(order.ordered.count + lines.count)
        }
        _ = try OrderRules.total(of: order.ordered.map(\.line) + lines)
        for line in lines { try state(line.value, in: RetailSchema.Order.ordered, of: RetailSchema.order(id, of: store)) }
    }

    /// Moves an order on that is not handed over by it: it is confirmed, picked, ready.
    public func advance(_ id: Identifier, of store: UInt32, to status: OrderStatus) throws {
        let order = try known(id, of: store)
        let steps: Set<OrderStatus> = [.confirmed, .picking, .ready, .done]
        // Only what has left as a whole is done; the rest of a partly shipped order has to be cancelled line by line first.
        let isWhole = order.ordered.allSatisfy { $0.open == 0 }
        guard steps.contains(status), !order.ordered.isEmpty, status != .done || isWhole else {
            throw OrderError.order(id, .doesNotFollow(from: order.current, to: status))
        }
        try move(order, to: status)
    }

    /// Cancels an order of which nothing has left.
    public func cancel(_ id: Identifier, of store: UInt32) throws {
        let order = try open(id, of: store)
        guard order.ordered.allSatisfy({ $0.handedOver == 0 }) else { throw OrderError.order(id, .notOpen(order.current)) }
        try move(order, to: .cancelled)
    }

    /// Decides about an order that was cancelled at one place while it left at another: it came back, or the customer keeps it.
    public func settleRecalled(_ id: Identifier, of store: UInt32, as status: OrderStatus) throws {
        let order = try known(id, of: store)
        guard order.current == .recalled, [.returned, .upheld].contains(status) else {
            throw OrderError.order(id, .doesNotFollow(from: order.current, to: status))
        }
        try move(order, to: status)
    }

    /// Takes money for an order, or gives it back.
    public func pay(_ payments: [Payment], for id: Identifier, of store: UInt32) throws {
        let order = try known(id, of: store)
        guard order.kind != .refund, !order.ordered.isEmpty else { throw OrderError.order(id, .wrongKind(order.kind)) }
        let sign: Int64 = payments.first.map { $0.amount < 0 } == true ? -1 : 1
        try OrderRules.check(payments, sign: sign, by: order.customer)
        guard order.payments.count + payments.count <= OrderRules.paymentLimit else {
            throw OrderError.paymentCount(order.payments.count + payments.count)
        }
        let sum = payments.reduce(0) { $0 + $1.amount }
        guard sum > 0 || -sum <= order.paid else { throw OrderError.paymentsDiffer(total: order.paid, paid: -sum) }
        try settleAccount(payments, of: order.customer)
        for payment in payments {
            let fact = payment.value(for: order.customer)
            try state(fact, in: RetailSchema.Order.payments, of: RetailSchema.order(id, of: store))
        }
    }

    /// What of an ordered line is handed over.
    public struct HandOver: Hashable, Sendable {
        /// The line's name, as `OrderedLine` says.
        public var line: String
        public var quantity: Int64

        public init(line: String, quantity: Int64) {
            (self.line, self.quantity) = (line, quantity)
        }
    }

    /// Hands goods over, or sends them on their way: they leave the shelf by this. A sale that waited at the till has to be paid by
    /// then.
    ///
    /// - Parameters:
    ///   - lines: nil: all that is left.
    ///   - arrives: whether the customer has them at once; else they are on their way once nothing is left to be sent.
    public func handOver(
        _ id: Identifier, of store: UInt32, _ lines: [HandOver]? = nil, arrives: Bool
    ) throws {
        let order = try known(id, of: store)
        guard let current = order.current, current.isOpen || current == .shipped else {
            throw OrderError.order(id, .notOpen(order.current))
        }
        let left = order.ordered.filter { $0.open > 0 }.map { HandOver(line: $0.id, quantity: $0.open) }
        let handed = lines ?? left
        guard !handed.isEmpty else { throw OrderError.order(id, .nothingLeft) }
        var open = Dictionary(uniqueKeysWithValues: order.ordered.map { ($0.id, $0.open) })
        let key = RetailSchema.order(id, of: store)
        for (index, part) in handed.enumerated() {
            guard let ordered = order.ordered.first(where: { $0.id == part.line }) else {
                throw OrderError.line(index, .unknownLine(part.line))
            }
            let left = open[part.line] ?? 0
            guard part.quantity > 0 else { throw OrderError.line(index, .quantityOutOfRange) }
            guard part.quantity <= left else {
                throw OrderError.line(index, .tooMuchHandedOver(open: left))
            }
            open[part.line] = left - part.quantity
            var line = ordered.line.part(from: ordered.line.quantity - left, part.quantity)
            line.ordered = ordered.id
            try state(line.value, in: RetailSchema.Order.lines, of: key)
        }
        guard open.values.allSatisfy({ $0 <= 0 }) else { return }
        try move(order, to: arrives ? .done : .shipped)
        guard order.kind == .sale else { return }
        let (total, paid) = (try self.order(id, of: store).total ?? 0, order.paid)
        guard total == paid else { throw OrderError.paymentsDiffer(total: total, paid: paid) }
    }

    /// An order of which this replica knows how it was made out.
    func known(_ id: Identifier, of store: UInt32) throws -> OrderView {
        let order = try order(id, of: store)
        guard order.issues > 0 else { throw OrderError.order(id, .unknown) }
        return order
    }

    private func open(_ id: Identifier, of store: UInt32) throws -> OrderView {
        let order = try known(id, of: store)
        guard order.current?.isOpen == true, !order.ordered.isEmpty else { throw OrderError.order(id, .notOpen(order.current)) }
        return order
    }

    /// Moves the status on, if it lies above everything that is known of it here: nobody makes a branch knowingly.
    private func move(_ order: OrderView, to status: OrderStatus) throws {
        guard order.current != status else { return }
        let lattice = OrderStatus.lattice
        let heads = order.status.heads.isEmpty ? [OrderStatus.new.rawValue] : order.status.heads
        guard heads.allSatisfy({ lattice.supersedes(status.rawValue, $0) }) else {
            throw OrderError.order(order.id, .doesNotFollow(from: order.current, to: status))
        }
        let key = RetailSchema.order(order.id, of: order.store)
        try advance(RetailSchema.Order.status, of: key, to: status.rawValue)
    }
}
