import Foundation
import Net
import Node
import Replica
import Simulation
import Sync

/// Stores of one process that each sell once a second; each sale is timed from its transaction at the store until HQ has
/// acknowledged it, which HQ does after its commit.
struct BenchLive {
    private let options: BenchOptions
    private let stores: Int
    /// Per store; the first ones of each wait until all sessions are open, and are not counted.
    private let sales = 24
    private let uncounted = 2

    init(_ options: BenchOptions) {
        self.options = options
        stores = options.stores ?? 100
    }

    func run() throws -> BenchReport {
        let chain = try LoadChain()
        var disks: [SimulatedDisk] = []
        let stores = try (1...UInt32(stores)).map { member in
            let disk = SimulatedDisk(isPowersafeOverwrite: true)
            disks.append(disk)
            let credential = try chain.certificate(of: member)
            return LoadStore(
                member, try chain.replica(of: member, at: "store.db", vfs: disk.vfsName, cacheKiB: 1024),
                try chain.security(of: credential.certificate, credential.key))
        }
        defer { withExtendedLifetime(disks) {} }
        let directory = try chain.headquarters("HQ")
        let headquarters = try DemoNode("HQ", in: directory, peer: nil)
        defer { headquarters.kill() }
        let _: NodeFigures = try headquarters.ask(NodeFigures.method)
        options.progress("live: \(stores.count) stores sell \(sales) times, once a second each")
        let times = try sell(stores, chain)
        let figures: NodeFigures = try headquarters.ask(NodeFigures.method)
        guard figures.orders == stores.count * sales else {
            throw BenchError.childFailed("HQ holds \(figures.orders) orders, and not \(stores.count * sales)")
        }
        var report = BenchReport("live")
        report.add("p99_ms", percentile(times, 0.99) * 1000)
        report.add("p50_ms", percentile(times, 0.5) * 1000)
        report.add("max_ms", (times.max() ?? .nan) * 1000)
        report.add("sales", Double(times.count))
        return report
    }

    private final class Till {
        var sold = 0
        /// When the sale began that is not acknowledged yet.
        var start: ContinuousClock.Instant?
    }

    /// - Returns: how long each sale took to be acknowledged, in seconds.
    private func sell(_ stores: [LoadStore], _ chain: LoadChain) throws -> [Double] {
        let orders = try generatedOrders(sales, seed: 4)
        let tills = stores.map { _ in Till() }
        let driver = try LoadDriver(stores, chain)
        var (times, failure): ([Double], (any Error)?) = ([], nil)
        var left = stores.count
        func sell(_ index: Int) {
            guard tills[index].sold < sales else { return }
            // One that is not acknowledged yet counts from its own beginning.
            tills[index].start = tills[index].start ?? .now
            do {
                let (event, member) = (orders[tills[index].sold], stores[index].member)
                try stores[index].replica.perform(at: driver.now.wall) {
                    try LogReplay().apply(event, at: member, in: $0)
                }
                tills[index].sold += 1
            } catch {
                failure = error
                return driver.stop()
            }
            driver.push(index)
            driver.loop.after(milliseconds: 1000) { sell(index) }
        }
        for index in stores.indices {
            driver.loop.after(milliseconds: Int64(index * 1000 / stores.count)) { sell(index) }
        }
        try driver.run(limitSeconds: 120) { index in
            guard let start = tills[index].start, stores[index].isIdle else { return }
            tills[index].start = nil
            if tills[index].sold > uncounted { times.append(start.duration(to: .now).inSeconds) }
            if tills[index].sold == sales { left -= 1 }
            if left == 0 { driver.stop() }
        }
        if let failure { throw failure }
        return times
    }
}
