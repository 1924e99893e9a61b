import Replica
import Simulation

/// Finding and reading what a peer lacks: 1,000 orders out of a million, and out of ten thousand; and finding out that it
/// lacks nothing.
struct BenchDelta {
    private let options: BenchOptions

    init(_ options: BenchOptions) {
        self.options = options
    }

    func run() throws -> BenchReport {
        var report = BenchReport("delta")
        let folder = try BenchFolder()
        let small = try prepare(folder, "small.db", orders: 10_000)
        options.progress("delta: building a file of 1,000,000 orders")
        let large = try prepare(folder, "large.db", orders: 1_000_000)
        var ratios: [Double] = []
        var times: [Double] = []
        for _ in 0..<max(9, options.repetitions) {
            let one = try extract(small)
            let other = try extract(large)
            ratios.append(other / one)
            times.append(other)
        }
        report.add("extract_1m_to_10k", median(ratios))
        report.add("extract_ms_1m", median(times) * 1000)
        report.add("equal_record_pages_read", Double(try pagesReadWhenEqual()))
        return report
    }

    private struct Prepared {
        let replica: Replica
        /// The peer's cuts, 1,000 orders ago.
        let known: [Scope: Cut]
    }

    private func prepare(_ folder: BenchFolder, _ name: String, orders: Int) throws -> Prepared {
        let replica = try Replica.bench(folder, member: 1, name: name)
        let events = try generatedOrders(orders, seed: 1)
        try replica.sell(events[..<(orders - 1000)], at: 1)
        let known = Dictionary(uniqueKeysWithValues: replica.heldScopes.map { ($0, replica.cut(of: $0)) })
        try replica.sell(events[(orders - 1000)...], at: 1)
        return Prepared(replica: replica, known: known)
    }

    private func extract(_ prepared: Prepared) throws -> Double {
        try seconds {
            for (scope, cut) in prepared.known { _ = try prepared.replica.delta(scope, for: cut) }
        }
    }

    /// Pages of the record table that are read, below SQLite, when a replica finds out that a peer lacks nothing.
    private func pagesReadWhenEqual() throws -> Int {
        let disk = SimulatedDisk()
        var parameters = OpeningParameters.bench()
        parameters.vfs = disk.vfsName
        let identity = Identity(chain: Hash128(high: 1, low: 1), member: 1, incarnation: 1)
        let writer = try Replica.create(at: "store.db", identity: identity, epoch: 0, parameters)
        try writer.sell(try generatedOrders(2000, seed: 1)[...], at: 1)
        let replica = try Replica.open(at: "store.db", parameters)
        let recordPages = try replica.pages(of: .record)
        disk.resetPageReads()
        for scope in replica.heldScopes {
            let isEqual = try replica.extraction(scope, for: writer.cut(of: scope)) == nil
            guard isEqual, replica.digest(of: scope) == writer.digest(of: scope) else { return .max }
        }
        return disk.pageReads(of: "store.db").keys.filter { recordPages.contains($0) }.count
    }
}
