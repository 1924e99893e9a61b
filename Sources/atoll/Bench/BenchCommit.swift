import Replica
import Retail
import Simulation

/// Durable sales of four lines in a file of a million orders, each beside upserts of the same six records in a twin file.
///
/// Which rows those are is learned from a shadow, a copy of the file to which the same is sold, so that nobody looks on while
/// the clock runs.
struct BenchCommit {
    private let options: BenchOptions
    /// Sales in one run; every run ends with a checkpoint of both files.
    private let sales = 2000

    init(_ options: BenchOptions) {
        self.options = options
    }

    func run() throws -> BenchReport {
        var report = BenchReport("commit")
        let folder = try BenchFolder()
        options.progress("commit: building a file of 1,000,000 orders")
        try build(folder)
        let store = try Replica.open(at: folder.path("store.db"), .bench())
        let shadow = try Replica.open(at: folder.path("shadow.db"), .bench())
        let twin = try TwinFile(copy: folder.path("twin.db"), cacheKiB: 65_536)
        var (medians, tails, shares, microseconds): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        let orders = try fourLineOrders(8 * sales)
        for run in 0..<max(7, options.repetitions) {
            options.progress("commit: run \(run + 1) of \(max(7, options.repetitions))")
            let times = try sell(orders[(run * sales)..<((run + 1) * sales)], store, shadow, twin)
            medians.append(median(times.ours) / median(times.bare))
            tails.append(percentile(times.ours, 0.99) / percentile(times.bare, 0.99))
            microseconds.append(median(times.ours) * 1e6)
            let checkpoint = try seconds { try store.checkpoint() }
            try shadow.checkpoint()
            try twin.checkpoint()
            shares.append(checkpoint / (checkpoint + times.ours.reduce(0, +)))
        }
        report.add("median_ratio_to_sqlite", median(medians))
        report.add("p99_ratio_to_sqlite", median(tails))
        report.add("checkpoint_share", median(shares))
        report.add("median_microseconds", median(microseconds))
        try countSyncs(&report)
        return report
    }

    private func build(_ folder: BenchFolder) throws {
        let store = try Replica.bench(folder, member: 1, name: "store.db")
        try store.sell(try generatedOrders(1_000_000, seed: 1)[...], at: 1)
        try store.vacuum()
        for name in ["shadow.db", "twin.db"] { try folder.copy("store.db", to: name) }
    }

    /// Six records each, and none of the file's own orders again.
    private func sell(
        _ orders: ArraySlice<NewOrder>, _ store: Replica, _ shadow: Replica, _ twin: TwinFile
    ) throws -> (ours: [Double], bare: [Double]) {
        var times: (ours: [Double], bare: [Double]) = ([], [])
        for (index, order) in orders.enumerated() {
            var written = WrittenRows()
            shadow.observeWrites { table, key, value in
                if table == .record { written.append(table, key, value) }
            }
            try shadow.perform(at: order.placed) { try $0.place(order, at: 1) }
            // Each is first as often as second, behind the shadow's sale.
            if index % 2 == 1 { times.bare.append(try seconds { try twin.write(written) }) }
            times.ours.append(try seconds { try store.perform(at: order.placed) { try $0.place(order, at: 1) } })
            if index % 2 == 0 { times.bare.append(try seconds { try twin.write(written) }) }
        }
        return times
    }

    /// Syncs a sale needs, counted below SQLite on a simulated disk: one caller, and sixteen who wait together.
    private func countSyncs(_ report: inout BenchReport) throws {
        let disk = SimulatedDisk(isPowersafeOverwrite: true)
        var parameters = OpeningParameters.bench()
        parameters.vfs = disk.vfsName
        let store = try Replica.create(
            at: "store.db", identity: Identity(chain: Hash128(high: 1, low: 1), member: 1, incarnation: 1), epoch: 0,
            parameters)
        let orders = try fourLineOrders(320)
        for (name, group) in [("syncs_per_sale", 1), ("syncs_per_sale_16_callers", 16)] {
            let part = group == 1 ? orders[..<160] : orders[160...]
            let before = disk.operations[.sync]
            for (index, order) in part.enumerated() {
                try store.apply(at: order.placed) { try $0.place(order, at: 1) }
                if index % group == group - 1 { try store.commit() }
            }
            report.add(name, Double(disk.operations[.sync] - before) / Double(part.count))
        }
    }
}
