import CRDT
import Replica
import Retail
import Simulation
import Sync

/// Bytes that cross a line before TLS: everything that the two sides say, from the first byte on.
struct BenchWire {
    private let options: BenchOptions

    init(_ options: BenchOptions) {
        self.options = options
    }

    func run() throws -> BenchReport {
        var report = BenchReport("wire")
        for (log, suffix) in try BenchLog.all(options, rounds: 10) {
            options.progress("wire\(suffix): a first sync of \(log.orders) orders")
            report.add("bytes_per_order\(suffix)", Double(try firstSyncBytes(log)) / Double(log.orders))
        }
        options.progress("wire: 10,000 moves of one record, and live sales")
        report.add("bytes_10000_moves", Double(try movesBytes()))
        let sale = try liveSaleBytes()
        report.add("bytes_per_live_sale", sale.pushed)
        report.add("bytes_per_live_sale_both_ways", sale.bothWays)
        let records = 10 * LogShape(options.size).orders
        options.progress("wire: two equal replicas of \(records) records")
        try EqualReplicas(origins: 500, records: records).measure(&report)
        return report
    }

    /// From one of HQ's nodes, which has gathered everything, to another one, which is empty.
    private func firstSyncBytes(_ log: BenchLog) throws -> Int {
        let folder = try BenchFolder()
        let (headquarters, stores) = try log.replicas(folder)
        try log.gather(log.rounds.indices, headquarters, stores)
        let empty = try Replica.bench(folder, member: 0, incarnation: 1001, name: "empty.db")
        var line = try BenchLine(empty, headquarters)
        try line.connect()
        try line.checkEqual()
        return line.bytes
    }

    /// A neighbour that reads a store's shelf comes back after one record of it moved 10,000 times: all of that session.
    private func movesBytes() throws -> Int {
        let folder = try BenchFolder()
        let store = try Replica.bench(folder, member: 1, name: "store.db")
        let neighbour = try Replica.bench(folder, member: 2, name: "neighbour.db")
        let orders = try generatedOrders(1, seed: 1)
        guard case .order(var order) = orders.first?.kind, let time = orders.first?.timeMilliseconds else { return 0 }
        order.lines = Array(order.lines.prefix(1))
        (order.customer, order.points) = ("", nil)
        for number in 0...10_000 {
            order.id = "M\(10_000 + number)"
            try store.apply(at: time + Int64(number)) { try $0.place(NewOrder(order, placed: time), at: 1) }
            guard number == 0 else { continue }
            // From now on it holds the shelf, and so wants its news.
            try store.commit()
            let shelf = try store.delta(Scope(.stock, of: 1), for: Cut())
            try neighbour.join([shelf].compactMap(\.self), at: time)
        }
        var line = try BenchLine(neighbour, store)
        try line.connect()
        guard line.right.session?.counts.recordsSent == 1,
            store.cut(of: Scope(.stock, of: 1)) == neighbour.cut(of: Scope(.stock, of: 1))
        else { throw BenchError.sentAgain(records: line.right.session?.counts.recordsSent ?? 0) }
        return line.bytes
    }

    /// A sale of four lines by a known customer, told as soon as it is made; the mean of 200, after as many.
    private func liveSaleBytes() throws -> (pushed: Double, bothWays: Double) {
        let folder = try BenchFolder()
        let store = try Replica.bench(folder, member: 1, name: "store.db")
        try store.sell(try generatedOrders(10_000, seed: 1)[...], at: 1)
        var line = try BenchLine(store, try Replica.bench(folder, member: 0, name: "hq.db"))
        try line.connect()
        let (orders, measured) = (try fourLineOrders(400), 200)
        var before = (pushed: 0, all: 0)
        for (index, order) in orders.enumerated() {
            if index == orders.count - measured { before = (line.bytesToRight, line.bytes) }
            line.now.wall = max(line.now.wall, order.placed)
            let (_, receipt) = try store.apply(at: order.placed) { try $0.place(order, at: 1) }
            line.left.noteChanges(of: receipt.dots.map(\.scope), at: line.now)
            try line.carry()
        }
        try line.checkEqual()
        let bytes = (pushed: line.bytesToRight - before.pushed, all: line.bytes - before.all)
        return (Double(bytes.pushed) / Double(measured), Double(bytes.all) / Double(measured))
    }
}
