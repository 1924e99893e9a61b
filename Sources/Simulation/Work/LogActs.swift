/// Turns the events of a log, one after the other, into acts of a scenario.
///
/// Stores get their numbers in the order in which the log names them. What acts cannot say is left out: a customer's home store, how
/// something was paid, and a total that is not the sum of the lines.
struct LogActs {
    private var members = LogReplay()

    /// How many the log has named so far.
    var stores: Int { members.names.count - 1 }

    /// - Returns: nil if no act says it.
    mutating func act(of event: LogEvent) -> (any Act)? {
        let node = Int(members.member(of: event))
        switch event.kind {
        case .order(let order): return Self.sale(order, at: node)
        case .status(let change):
            guard let home = members.home(ofOrder: change.order),
                let status = MoveStatus.Status(rawValue: change.status.rawValue)
            else { return nil }
            return MoveStatus(node: node, order: change.order, store: home, status: status)
        case .receipt(let receipt):
            let lines = receipt.lines.map { Receive.Line(sku: $0.sku, quantity: $0.quantity) }
            return Receive(node: node, receipt: receipt.id, lines: lines)
        case .customer(let edit):
            return EditCustomer(
                node: node, customer: edit.id, phone: edit.phone, tier: edit.tier, addedTags: edit.tagsAdded,
                removedTags: edit.tagsRemoved, points: edit.points)
        }
    }

    /// A till names each article once: what stands on several lines is sold on one.
    private static func sale(_ order: LogOrder, at node: Int) -> Sell {
        var lines: [Sell.Line] = []
        for line in order.lines {
            let before = lines.firstIndex { $0.sku == line.sku }
            let quantity = before.map { lines[$0].quantity } ?? 0
            let whole = Sell.Line(sku: line.sku, quantity: quantity + line.quantity, price: line.unitPriceMinorUnits)
            if let before { lines[before] = whole } else { lines.append(whole) }
        }
        return Sell(
            node: node, order: order.id, customer: order.customer.isEmpty ? nil : order.customer, lines: lines,
            points: order.points ?? 0)
    }
}

extension PlanDraft {
    /// Adds what a log tells.
    mutating func add(recorded act: any Act, at time: Int64) {
        if let sale = act as? Sell { noteOrder(sale.order, of: sale.node, at: time) }
        add(act, at: time)
    }
}
