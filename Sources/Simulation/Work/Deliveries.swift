/// Goods come in at every store.
struct Deliveries: Work {
    static let kind = "deliveries"

    /// At each store.
    let perHour: Rate
    let skus: Amount?

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case skus
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for store in 1..<draft.stores + 1 {
            var random = draft.streams.stream(.work, index, UInt64(store))
            for (number, time) in draft.moments(perHour: perHour.value, &random).enumerated() {
                let ranks = Set((0..<12).map { _ in Sales.rank(of: skus?.value ?? 300, &random) }).sorted()
                let lines = ranks.map { rank in
                    Receive.Line(sku: "P\(rank + 10_000)", quantity: Int64.random(in: 6...48, using: &random))
                }
                draft.add(Receive(node: store, receipt: "R\(store)W\(index)-\(number + 1_000)", lines: lines), at: time)
            }
        }
    }
}
