/// The trade that `atoll generate` makes up for a chain of this size: orders that are paid, handed over, settled and returned days
/// later, deliveries, and customers who are edited at several stores at once. Each seed has another log.
///
/// Whole days from midnight on, as many as the scenario's minutes have begun.
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
        var acts = LogActs()
        log.forEachEvent { event in
            guard let act = acts.act(of: event) else { return }
            draft.add(recorded: act, at: event.timeMilliseconds - log.header.startMilliseconds)
        }
    }
}
