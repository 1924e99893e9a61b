import Foundation
import Glibc
import Net
import Node
import Replica
import Sync

/// A store with 100,000 orders that HQ lacks brings them over loopback TLS, against the join of the same orders in one process;
/// then once more, while HQ sells.
struct BenchCatchup {
    private let options: BenchOptions
    private let orders: Int

    init(_ options: BenchOptions) {
        self.options = options
        orders = options.orders ?? 100_000
    }

    func run() throws -> BenchReport {
        let chain = try LoadChain()
        options.progress("catchup: a store sells \(orders) orders")
        let (store, deltas) = try sell(chain)
        let credential = try chain.certificate(of: 1)
        let security = try chain.security(of: credential.certificate, credential.key)
        let log = chain.folder.path("hq.jsonl")
        try TillProbe.writeLog(to: log, count: 50_000)
        var (ratios, merges, catchups, sales): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for run in 1...max(3, options.repetitions) {
            let merge = try merge(deltas, chain)
            let quiet = try catchUp(store, security, chain, log: nil)
            let busy = try catchUp(store, security, chain, log: log)
            merges.append(merge)
            catchups.append(quiet.seconds)
            ratios.append(quiet.seconds / merge)
            sales.append(percentile(busy.sales, 0.99))
            options.progress(
                "catchup: run \(run): merge \(merge) s, catch-up \(quiet.seconds) s, with a till \(busy.seconds) s and "
                    + "\(busy.sales.count) sales, p99 \(percentile(busy.sales, 0.99) * 1000) ms, longest "
                    + "\((busy.sales.max() ?? 0) * 1000) ms")
        }
        var report = BenchReport("catchup")
        report.add("ratio_to_merge", median(ratios))
        report.add("sale_p99_ms_during", median(sales) * 1000)
        report.add("orders_per_second", Double(orders) / median(catchups))
        report.add("merge_orders_per_second", Double(orders) / median(merges))
        return report
    }

    /// - Returns: the store's replica, and what it wrote, some 1,000 orders a delta.
    private func sell(_ chain: LoadChain) throws -> (store: Replica, deltas: [[Delta]]) {
        let store = try chain.replica(of: 1, at: "store.db")
        let events = try generatedOrders(orders, seed: 1)
        var deltas: [[Delta]] = []
        for first in stride(from: 0, to: events.count, by: 1000) {
            let cuts = Dictionary(uniqueKeysWithValues: store.heldScopes.map { ($0, store.cut(of: $0)) })
            try store.sell(events[first..<min(first + 1000, events.count)], at: 1)
            deltas.append(try store.heldScopes.compactMap { try store.delta($0, for: cuts[$0] ?? Cut()) })
        }
        return (store, deltas)
    }

    /// As `bench merge` times it: joins of some 1,000 orders, each a commit.
    private func merge(_ deltas: [[Delta]], _ chain: LoadChain) throws -> Double {
        let replica = try chain.replica(of: 0, at: "merge.db")
        defer { chain.folder.remove("merge.db") }
        var elapsed = 0.0
        for (index, part) in deltas.enumerated() {
            elapsed += try seconds { try replica.join(part, at: .max / 2) }
            if index % 10 == 9 { try replica.checkpoint() }
        }
        return elapsed
    }

    private func catchUp(
        _ replica: Replica, _ security: Security, _ chain: LoadChain, log: String?
    ) throws -> (seconds: Double, sales: [Double]) {
        let directory = try chain.headquarters("HQ")
        defer { chain.folder.remove("HQ") }
        let headquarters = try DemoNode("HQ", in: directory, peer: nil)
        defer { headquarters.kill() }
        let _: NodeFigures = try headquarters.ask(NodeFigures.method)
        let till = try log.map { try TillProbe(directory, log: $0) }
        let store = LoadStore(1, replica, security)
        let driver = try LoadDriver([store], chain)
        let before = try (ProcessFigures(of: headquarters.processID), ProcessFigures(of: getpid()))
        let start = ContinuousClock.now
        var elapsed = 0.0
        try driver.run(limitSeconds: 120) { _ in
            guard elapsed == 0, store.isIdle else { return }
            elapsed = start.duration(to: .now).inSeconds
            driver.stop()
        }
        let after = try (ProcessFigures(of: headquarters.processID), ProcessFigures(of: getpid()))
        options.progress(
            "catchup: HQ took \(after.0.text(since: before.0)); the driver took \(after.1.text(since: before.1))")
        if !driver.endings.isEmpty { options.progress("catchup: sessions that ended: \(driver.endings)") }
        // HQ goes on folding in what is visible already.
        while case let status:NodeStatus = try headquarters.ask("status"), !status.staged.isEmpty {
            Thread.sleep(forTimeInterval: 0.05)
        }
        let sales = try till?.stop() ?? []
        let figures: NodeFigures = try headquarters.ask(NodeFigures.method)
        let expected = orders + (till == nil ? 0 : sales.count + 1)
        guard figures.orders == expected else {
            throw BenchError.childFailed("HQ holds \(figures.orders) orders, and not \(expected)")
        }
        return (elapsed, sales)
    }
}
