/// The trade that `atoll generate` makes up for a chain of this size: orders that are paid, handed over, settled and returned days
/// later, deliveries, and customers who are edited at several stores at once. Each seed has another log.
///
/// Whole days from midnight on, as many as the scenario's minutes have begun. What acts cannot say is left out: a customer's home
/// store, and points that are given by hand.
struct GeneratedLog: Work {
    static let kind = "generated_log"

    let ordersPerStoreAndDay: Int
    let skus: Int
    let customers: Int

    private enum CodingKeys: String, CodingKey {
        case skus, customers
        case ordersPerStoreAndDay = "orders_per_store_and_day"
    }

    private static let dayMilliseconds: Int64 = 86_400_000

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        ordersPerStoreAndDay = try container.decode(Amount.self, forKey: .ordersPerStoreAndDay).value
        skus = try container.decodeIfPresent(Amount.self, forKey: .skus)?.value ?? 300
        customers = try container.decodeIfPresent(Amount.self, forKey: .customers)?.value ?? 200
        do throws(LogShapeError) {
            _ = try shape(stores: 1, days: 1)
        } catch {
            throw decoder.refusal("\(error)")
        }
    }

    private func shape(stores: Int, days: Int) throws(LogShapeError) -> LogShape {
        try LogShape(
            stores: stores, days: days, ordersPerStoreAndDay: ordersPerStoreAndDay, skus: skus, customers: customers)
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        let days = Int((draft.length + Self.dayMilliseconds - 1) / Self.dayMilliseconds)
        var random = draft.streams.stream(.work, index)
        guard let shape = try? shape(stores: draft.stores, days: days),
            let log = try? LogGenerator(shape: shape, seed: random.next() >> 1)
        else { return }
        var members = LogReplay()
        log.forEachEvent { event in
            let (node, time) = (Int(members.member(of: event)), event.timeMilliseconds - log.header.startMilliseconds)
            switch event.kind {
            case .order(let order):
                draft.noteOrder(order.id, of: node, at: time)
                draft.add(Self.sale(order, at: node), at: time)
            case .status(let change):
                guard let home = members.home(ofOrder: change.order),
                    let status = MoveStatus.Status(rawValue: change.status.rawValue)
                else { return }
                draft.add(MoveStatus(node: node, order: change.order, store: home, status: status), at: time)
            case .receipt(let receipt):
                let lines = receipt.lines.map { Receive.Line(sku: $0.sku, quantity: $0.quantity) }
                draft.add(Receive(node: node, receipt: receipt.id, lines: lines), at: time)
            case .customer(let edit):
                draft.add(
                    EditCustomer(
                        node: node, customer: edit.id, phone: edit.phone, tier: edit.tier, addedTags: edit.tagsAdded,
                        removedTags: edit.tagsRemoved), at: time)
            }
        }
    }

    /// A till names each article once.
    private static func sale(_ order: LogOrder, at node: Int) -> Sell {
        var lines: [Sell.Line] = []
        for line in order.lines where !lines.contains(where: { $0.sku == line.sku }) {
            lines.append(Sell.Line(sku: line.sku, quantity: line.quantity, price: line.unitPriceMinorUnits))
        }
        return Sell(
            node: node, order: order.id, customer: order.customer.isEmpty ? nil : order.customer, lines: lines,
            points: order.points ?? 0)
    }
}
