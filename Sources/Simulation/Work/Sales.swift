internal import Glibc

/// Tills sell: few articles often and many seldom, with rushes.
struct Sales: Work {
    static let kind = "sales"

    /// A time of many customers.
    struct Rush: Decodable, Sendable {
        let from: Minutes
        let minutes: Minutes
        /// So many times as many as else.
        let times: Factor
    }

    /// At each store.
    let perHour: Rate
    let skus: Amount?
    let customers: Amount?
    let rushes: [Rush]?

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case skus, customers, rushes
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for store in 1..<draft.stores + 1 {
            var random = draft.streams.stream(.work, index, UInt64(store))
            var times = draft.moments(perHour: perHour.value, &random)
            for rush in rushes ?? [] {
                let more = perHour.value * (rush.times.value - 1)
                times += draft.moments(
                    perHour: more, from: rush.from.milliseconds,
                    to: rush.from.milliseconds + rush.minutes.milliseconds, &random)
            }
            for (number, time) in times.sorted().enumerated() {
                let order = "S\(store)W\(index)-\(number + 100_000)"
                draft.noteOrder(order, of: store, at: time)
                draft.add(sale(order, at: store, &random), at: time)
            }
        }
    }

    private func sale(_ order: String, at store: Int, _ random: inout SeededRandom) -> Sell {
        let hasCustomer = Bool.random(using: &random)
        let customer = "C\(Self.rank(of: customers?.value ?? 200, &random) + 10_000)"
        var lines: [Sell.Line] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let rank = Self.rank(of: skus?.value ?? 300, &random)
            let line = Sell.Line(
                sku: "P\(rank + 10_000)", quantity: Int64.random(in: 1...3, using: &random), price: Int64(100 + rank % 900))
            if !lines.contains(where: { $0.sku == line.sku }) { lines.append(line) }
        }
        return Sell(
            node: store, order: order, customer: hasCustomer ? customer : nil, lines: lines,
            points: Int64.random(in: 0...20, using: &random))
    }

    /// A rank of 0..<count that is drawn the more often the lower it is: about as 1 to its place (Zipf).
    static func rank(of count: Int, _ random: inout SeededRandom) -> Int {
        min(count - 1, Int(pow(Double(count), Double.random(in: 0..<1, using: &random))) - 1)
    }
}
