import Simulation

/// What a chain's stock, points and orders must be, computed from its logs alone.
///
/// Plain sums in dictionaries, written without the engine, its views and the code that imports: it shares no mistake with
/// them.
struct LogTruth {
    struct Stock: Equatable {
        var sold: Int64 = 0
        var received: Int64 = 0
    }

    struct Store {
        /// By SKU.
        var stock: [String: Stock] = [:]
        /// By the order's id: every status that any replica gave it.
        var orders: [String: Set<LogStatus>] = [:]
    }

    /// By name.
    private(set) var stores: [String: Store] = [:]
    /// By the customer's id.
    private(set) var points: [String: Int64] = [:]
    private(set) var events = 0

    /// Takes in one log; its orders stand where they were made.
    mutating func add(_ reader: consuming LogReader, _ progress: (Int) throws -> Void) throws {
        var homes: [String: String] = [:]
        while let event = try reader.next() {
            events += 1
            switch event.kind {
            case .order(let order):
                homes[order.id] = event.replica
                stores[event.replica, default: Store()].orders[order.id] = [.new]
                for line in order.lines {
                    stores[event.replica, default: Store()].stock[line.sku, default: Stock()].sold += line.quantity
                }
                if !order.customer.isEmpty { points[order.customer, default: 0] += order.points ?? 0 }
            case .status(let change):
                guard let home = homes[change.order] else { continue }
                stores[home]?.orders[change.order]?.insert(change.status)
            case .receipt(let receipt):
                for line in receipt.lines {
                    stores[event.replica, default: Store()].stock[line.sku, default: Stock()].received += line.quantity
                }
            case .customer(let edit):
                points[edit.id, default: 0] += edit.points ?? 0
            }
            if events % 1024 == 0 { try progress(events) }
        }
    }

    /// What an order's statuses come to: the furthest one; but one that was both settled and returned needs an audit.
    static func status(_ given: Set<LogStatus>) -> LogStatus {
        if given.contains(.audited) || given.isSuperset(of: [.settled, .returned]) { return .audited }
        return [.settled, .returned, .done, .paid].first(where: given.contains) ?? .new
    }
}
