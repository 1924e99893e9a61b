/// The chain that ``LogGenerator`` makes up, from day to day.
struct GeneratedTrade {
    /// 1 January 2025, midnight UTC.
    static let startMilliseconds: Int64 = 1_735_689_600_000
    static let headquarters = "HQ"

    private static let hourMilliseconds: Int64 = 3_600_000
    private static let dayMilliseconds = 24 * hourMilliseconds
    private static let openingHour: Int64 = 7
    /// Shares of the day's orders by hour, from the opening hour on.
    private static let hourShares: [Double] = [2, 4, 6, 7, 8, 10, 9, 7, 6, 7, 10, 11, 8, 4, 1]

    /// The events drawn so far that were not taken out.
    var queue = EventHeap<LogEvent>()
    var random: TradeRandom
    let shape: LogShape
    let storeNames: [String]
    let catalogue: TradeCatalogue
    let customers: TradeCustomers
    var known: Set<Int> = []
    var lastGroup: Int64 = 0

    private let cumulativeHourShares: [Double]
    private var books: [StoreBooks]

    init(shape: LogShape, seed: UInt64) {
        self.shape = shape
        var random = TradeRandom(seed: seed)
        catalogue = TradeCatalogue(count: shape.skus, random: &random)
        customers = TradeCustomers(count: shape.customers, stores: shape.stores, random: &random)
        self.random = random
        storeNames = (0..<shape.stores).map { "S" + decimal($0, digits: 3) }
        books = storeNames.map { StoreBooks(store: $0) }
        var sum = 0.0
        cumulativeHourShares = GeneratedTrade.hourShares.map { share in
            sum += share
            return sum
        }
    }

    /// Draws the trade of a day, the next one, in all stores; returns the time up to which no later day adds an event.
    mutating func run(day: Int) -> Int64 {
        let midnight = GeneratedTrade.startMilliseconds + Int64(day) * GeneratedTrade.dayMilliseconds
        for store in storeNames.indices {
            var sold = SoldQuantities()
            for time in orderTimes(midnight: midnight) { drawOrder(at: time, store: store, sold: &sold) }
            deliver(sold, to: store, midnight: midnight)
        }
        return midnight + 22 * GeneratedTrade.hourMilliseconds
    }

    private mutating func orderTimes(midnight: Int64) -> [Int64] {
        let hour = GeneratedTrade.hourMilliseconds
        let total = cumulativeHourShares.last ?? 0
        return (0..<shape.ordersPerStoreAndDay).map { _ in
            let slot = cumulativeHourShares.firstIndex(notBelow: random.unit() * total)
            let opened = GeneratedTrade.openingHour + Int64(slot)
            return midnight + opened * hour + Int64(random.unit() * Double(hour))
        }.sorted()
    }

    private mutating func drawOrder(at time: Int64, store: Int, sold: inout SoldQuantities) {
        let id = books[store].nextOrderID()
        let customer = drawCustomer(store: store)
        let lines = drawLines(sold: &sold)
        let total = lines.reduce(0) { $0 + $1.quantity * $1.unitPriceMinorUnits }
        let payment = drawPayment()
        let earnsPoints = customer != nil && total >= 100
        let order = LogOrder(
            id: id, customer: customer.map(TradeCustomers.id) ?? "", payment: payment, totalMinorUnits: total,
            lines: lines, points: earnsPoints ? total / 100 : nil)
        push(.order(order), at: time, replica: storeNames[store])
        drawStatusChanges(of: id, madeAt: time, store: store)
        if let customer, random.chance(0.15) { drawEdits(of: customer, at: time, store: store) }
    }

    private mutating func drawCustomer(store: Int) -> Int? {
        guard random.chance(0.60) else { return nil }
        let first = customers.draw(&random)
        guard customers.home(of: first) != store, random.chance(0.75) else { return first }
        return customers.draw(&random)
    }

    private mutating func drawLines(sold: inout SoldQuantities) -> [LogOrder.Line] {
        let count = 1 + random.choice(shares: [0.20, 0.20, 0.17, 0.14, 0.11, 0.08, 0.06, 0.04])
        var skus: [Int] = []
        var lines: [LogOrder.Line] = []
        for _ in 0..<count {
            let sku = catalogue.draw(&random)
            if skus.contains(sku) { continue }
            skus.append(sku)
            let quantity = random.chance(0.75) ? 1 : random.integer(2...6)
            let price = catalogue.drawPrice(of: sku, &random)
            lines.append(LogOrder.Line(sku: TradeCatalogue.id(sku), quantity: quantity, unitPriceMinorUnits: price))
            sold.add(quantity, of: sku)
        }
        return lines
    }

    private mutating func drawPayment() -> String {
        // A draw lies beyond all shares by rounding alone; the reference logs take the first kind then.
        let kinds = ["card", "cash", "mobile", "voucher"]
        return kinds[random.choice(shares: [0.62, 0.30, 0.06, 0.02], beyond: 0)]
    }

    private mutating func drawStatusChanges(of order: String, madeAt time: Int64, store: Int) {
        let hour = GeneratedTrade.hourMilliseconds
        let day = GeneratedTrade.dayMilliseconds
        let name = storeNames[store]
        let paid = time + random.integer(10_000...300_000)
        push(.status(LogStatusChange(order: order, status: .paid)), at: paid, replica: name)
        let done = paid + (random.chance(0.7) ? random.integer(60_000...hour) : random.integer(hour...48 * hour))
        push(.status(LogStatusChange(order: order, status: .done)), at: done, replica: name)
        let fate = random.unit()
        if fate < 0.28 {
            let settled = done + random.integer(day...5 * day)
            push(.status(LogStatusChange(order: order, status: .settled)), at: settled, replica: GeneratedTrade.headquarters)
        } else if fate < 0.30 {
            let returned = done + random.integer(hour...5 * day)
            push(.status(LogStatusChange(order: order, status: .returned)), at: returned, replica: name)
        }
    }

    private mutating func deliver(_ sold: SoldQuantities, to store: Int, midnight: Int64) {
        for receipt in books[store].receipts(for: sold) {
            let time = midnight + 5 * GeneratedTrade.hourMilliseconds + random.integer(0...3_000_000)
            push(.receipt(receipt), at: time, replica: storeNames[store])
        }
    }

    /// Queues an event; it gets its number when it leaves the queue.
    mutating func push(_ kind: LogEvent.Kind, at time: Int64, replica: String) {
        queue.push(LogEvent(number: 0, timeMilliseconds: time, replica: replica, kind: kind), at: time)
    }
}
