import CRDT
import Foundation
import Glibc
import Net
import Node
import Replica

/// HQ is restarted while 10,000 stores dial it; each has a sale that HQ lacks, and lacks 100 records of HQ's.
struct BenchFanin {
    private let options: BenchOptions
    private let stores: Int
    /// How long nobody says anything but pings: each store does so twice, unless only some are asked for.
    private let idleSeconds: Int64

    init(_ options: BenchOptions) {
        self.options = options
        stores = options.stores ?? 10_000
        idleSeconds = options.stores == nil ? 50 : 2
    }

    func run() throws -> BenchReport {
        OpenFileLimit.raise()
        let chain = try LoadChain()
        let fanin = try FaninChain(stores, chain, options.progress)
        let directory = try chain.headquarters("HQ")
        let before = try memoryAlone(directory)
        options.progress("fanin: HQ takes \(before) KiB alone; it is started again while \(stores) stores dial it")
        let start = ContinuousClock.now
        let headquarters = try DemoNode("HQ", in: directory, peer: nil)
        defer { headquarters.kill() }
        let own = try ProcessFigures(of: getpid())
        let (times, after, idle) = try wait(for: fanin, chain, headquarters, since: start)
        let driver = try ProcessFigures(of: getpid())
        let figures: NodeFigures = try headquarters.ask(NodeFigures.method)
        options.progress(
            "fanin: HQ takes \(after.residentKiB) KiB with all of them, and \(after.text()); the driver \(driver.text(since: own))"
        )
        guard figures.orders == fanin.orders else {
            throw BenchError.childFailed("HQ holds \(figures.orders) orders, and not \(fanin.orders)")
        }
        var report = BenchReport("fanin")
        report.add("stores", Double(stores))
        report.add("seconds", times.max() ?? .nan)
        report.add("median_seconds", median(times))
        report.add("slowest_to_median", (times.max() ?? .nan) / median(times))
        report.add("kib_per_connection", Double(after.residentKiB - before) / Double(stores))
        report.add("hq_cpu_seconds", after.seconds)
        report.add("driver_cpu_seconds", driver.seconds - own.seconds)
        // A store pings every 25 seconds.
        report.add("hq_idle_cpu_percent", 100 * (idle.seconds - after.seconds) / Double(idleSeconds))
        return report
    }

    /// - Returns: the resident memory of HQ's process before anybody has connected, in KiB.
    private func memoryAlone(_ directory: String) throws -> Int {
        let node = try DemoNode("HQ", in: directory, peer: nil)
        defer { node.kill() }
        let _: NodeStatus = try node.ask("status")
        let resident = try ProcessFigures(of: node.processID).residentKiB
        try node.stop()
        return resident
    }

    /// - Returns: when each store was current, in seconds since HQ was started; what HQ had taken by then, and some time later.
    private func wait(
        for fanin: FaninChain, _ chain: LoadChain, _ headquarters: DemoNode, since start: ContinuousClock.Instant
    ) throws -> (times: [Double], process: ProcessFigures, idle: ProcessFigures) {
        let driver = try LoadDriver(fanin.stores, chain)
        var times = [Double?](repeating: nil, count: fanin.stores.count)
        var left = fanin.stores.count
        var next = left * 9 / 10
        var (process, idle): (Result<ProcessFigures, any Error>?, Result<ProcessFigures, any Error>?)
        try driver.run(limitSeconds: 300) { index in
            let store = fanin.stores[index]
            guard times[index] == nil, store.isIdle, store.replica.vector(of: .chain).covers(fanin.news) else { return }
            times[index] = start.duration(to: .now).inSeconds
            left -= 1
            if left <= next {
                options.progress("fanin: \(left) left after \(start.duration(to: .now).inSeconds) s")
                next -= fanin.stores.count / 10
            }
            guard left == 0 else { return }
            process = Result { try ProcessFigures(of: headquarters.processID) }
            driver.loop.after(milliseconds: idleSeconds * 1000) {
                idle = Result { try ProcessFigures(of: headquarters.processID) }
                driver.stop()
            }
        }
        if !driver.endings.isEmpty { options.progress("fanin: sessions that ended: \(driver.endings)") }
        guard let process, let idle else { throw BenchError.childFailed("the driver stopped before all were current") }
        return (times.compactMap(\.self), try process.get(), try idle.get())
    }
}
