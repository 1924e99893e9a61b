import CRDT
import Node
import Replica
import Retail
import Simulation

/// Whether what one replica holds is what the logs come to. Only scopes that it holds completely are compared.
struct ValueCheck {
    private let directory: ReplicaDirectory
    private let register: ChainRegister
    private let truth: LogTruth
    private(set) var compared = CheckReport.Compared()
    private(set) var differences: [String] = []
    private var points: [String: Int64] = [:]

    init(_ directory: ReplicaDirectory, _ register: ChainRegister, _ truth: LogTruth) {
        self.directory = directory
        self.register = register
        self.truth = truth
    }

    private var replica: Replica { directory.replica }

    /// - Parameter isComplete: whether this replica holds all that anyone holds of a scope.
    mutating func run(isComplete: (Scope) -> Bool, _ progress: (Int) throws -> Void) throws {
        var knowsAllPoints = directory.card.member == 0
        for member in register.members {
            let (books, stock) = (Scope(.books, of: member.number), Scope(.stock, of: member.number))
            let store = truth.stores[member.name] ?? LogTruth.Store()
            if directory.wants(stock) {
                isComplete(stock) ? try compareStock(stock, store.stock, member.name) : try readAll(stock)
            }
            if directory.wants(books) {
                if isComplete(books) {
                    try compareBooks(books, store.orders, member.name)
                } else {
                    knowsAllPoints = false
                    try readAll(books)
                }
            }
            try progress(compared.records)
        }
        for scope in replica.heldScopes where scope.kind != .books && scope.kind != .stock { try readAll(scope) }
        if knowsAllPoints { comparePoints() }
        try progress(compared.records)
    }

    private mutating func readAll(_ scope: Scope) throws {
        for key in try replica.keys(of: scope) {
            _ = try read(key)
        }
    }

    /// - Returns: nil for a record whose row is damaged, which is a difference by itself.
    private mutating func read(_ key: RecordKey) throws -> Record? {
        compared.records += 1
        do {
            return try replica.record(key)
        } catch let error as ReplicaError {
            switch error {
            case .damagedRow, .quarantined: differences.append("\(directory.path): \(error)")
            default: throw error
            }
            return nil
        }
    }

    private mutating func compareStock(_ scope: Scope, _ expected: [String: LogTruth.Stock], _ store: String) throws {
        var seen: Set<String> = []
        for key in try replica.keys(of: scope) {
            let sku = "\(key.id)"
            seen.insert(sku)
            guard let record = try read(key), key.collection == RetailSchema.stock.number else { continue }
            let view = StockView(key, record)
            let found = LogTruth.Stock(sold: view.sold, received: view.received)
            compared.stock += 1
            let wanted = expected[sku] ?? LogTruth.Stock()
            if found != wanted { note("stock of \(sku) at \(store)", Self.text(found), Self.text(wanted)) }
        }
        for (sku, stock) in expected where !seen.contains(sku) {
            compared.stock += 1
            if stock != LogTruth.Stock() { note("stock of \(sku) at \(store)", "nothing", Self.text(stock)) }
        }
    }

    private mutating func compareBooks(_ scope: Scope, _ expected: [String: Set<LogStatus>], _ store: String) throws {
        var seen: Set<String> = []
        for key in try replica.keys(of: scope) {
            let id = "\(key.id)"
            if key.collection == RetailSchema.order.number { seen.insert(id) }
            guard let record = try read(key) else { continue }
            switch key.collection {
            case RetailSchema.order.number:
                let found = OrderView(key, record) { replica.run(of: $0, in: scope) }.statusName
                let wanted = expected[id].map { LogTruth.status($0).rawValue } ?? "no such order"
                if found != wanted { note("status of order \(id) of \(store)", found, wanted) }
                compared.orders += 1
            case RetailSchema.points.number:
                points[id, default: 0] += record.counter(RetailSchema.Points.balance).value
            default: break
            }
        }
        for id in expected.keys where !seen.contains(id) {
            compared.orders += 1
            note("order \(id) of \(store)", "nothing", "the order")
        }
    }

    private mutating func comparePoints() {
        for customer in Set(points.keys).union(truth.points.keys) {
            let (found, wanted) = (points[customer] ?? 0, truth.points[customer] ?? 0)
            if found != wanted { note("points of customer \(customer)", "\(found)", "\(wanted)") }
            compared.points += 1
        }
    }

    private mutating func note(_ place: String, _ found: String, _ wanted: String) {
        differences.append("\(directory.card.name): \(place.printable): found \(found), the log says \(wanted)")
    }

    private static func text(_ stock: LogTruth.Stock) -> String {
        "\(stock.received - stock.sold) (received \(stock.received), sold \(stock.sold))"
    }
}
