import Simulation

/// A log whose last orders are made during an outage, on two sides that hear nothing of each other.
///
/// The last 2 · percent of the orders are new, and their later status changes with them: those of even stores on the left side,
/// those of odd stores on the right; receipts and customers' edits from then on likewise, headquarters' on the right. All else
/// is known to both. Besides, each side audits percent of the known orders, which a hash picks: they lie scattered over all
/// books, and no order is audited on both sides.
struct OutageSplit {
    enum Side {
        case both, left, right
    }

    private let firstNewTime: Int64
    private var sideOfOrder: [String: Side] = [:]
    private var sideOfAudit: [String: Side] = [:]
    private var sideOfReplica: [String: Side] = [LogReplay.headquarters: .right]
    /// The log's, and the audits behind them.
    private var events: [LogEvent]

    init(_ log: [LogEvent], percent: Int) {
        events = log
        let orders = log.compactMap { event -> (id: String, time: Int64, store: String)? in
            guard case .order(let order) = event.kind else { return nil }
            return (order.id, event.timeMilliseconds, event.replica)
        }
        let stores = Set(log.map(\.replica)).subtracting([LogReplay.headquarters]).sorted()
        for (index, store) in stores.enumerated() { sideOfReplica[store] = index % 2 == 0 ? .left : .right }
        let known = orders.dropLast(orders.count * 2 * percent / 100)
        let new = orders[known.endIndex...]
        firstNewTime = new.first?.time ?? .max
        for order in new { sideOfOrder[order.id] = sideOfReplica[order.store] }

        let picked = known.map { (hash: Self.hash($0.id), id: $0.id) }.sorted { $0 < $1 }
        let count = known.count * percent / 100
        audit(picked.prefix(count), on: .left, after: log.last)
        audit(picked.dropFirst(count).prefix(count), on: .right, after: log.last)
    }

    /// What both know in so many rounds of the same length, then the left side's round, then the right side's.
    func log(rounds: Int) -> BenchLog {
        let start = events.first?.timeMilliseconds ?? 0
        let span = max(1, (events.last?.timeMilliseconds ?? 0) - start + 1)
        return BenchLog(events, rounds: rounds + 2) { event in
            switch side(of: event) {
            case .both: Int((event.timeMilliseconds - start) * Int64(rounds) / span)
            case .left: rounds
            case .right: rounds + 1
            }
        }
    }

    private func side(of event: LogEvent) -> Side {
        switch event.kind {
        case .order(let order): sideOfOrder[order.id] ?? .both
        case .status(let change):
            (change.status == .audited ? sideOfAudit[change.order] : nil) ?? sideOfOrder[change.order] ?? .both
        case .receipt, .customer:
            event.timeMilliseconds < firstNewTime ? .both : sideOfReplica[event.replica] ?? .both
        }
    }

    /// One after another, as people work: a few seconds apart, never by the same number of milliseconds.
    private mutating func audit(
        _ orders: some Collection<(hash: UInt64, id: String)>, on side: Side, after last: LogEvent?
    ) {
        var time = last?.timeMilliseconds ?? 0
        for (hash, id) in orders {
            time += 1000 + Int64(hash >> 32 % 4000)
            sideOfAudit[id] = side
            events.append(
                LogEvent(
                    number: Int64(events.count), timeMilliseconds: time, replica: LogReplay.headquarters,
                    kind: .status(LogStatusChange(order: id, status: .audited))))
        }
    }

    /// FNV-1a: scatters, and is the same everywhere.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
