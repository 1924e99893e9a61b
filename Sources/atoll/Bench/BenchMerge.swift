import Foundation
import Replica
import Simulation

/// The stores' deltas of ten rounds are joined at HQ, some 1,000 orders a commit, and after every commit the same rows are
/// written to a bare SQLite file.
struct BenchMerge {
    private let options: BenchOptions

    init(_ options: BenchOptions) {
        self.options = options
    }

    func run() throws -> BenchReport {
        var report = BenchReport("merge")
        for (log, suffix) in try BenchLog.all(options, rounds: 10) {
            var runs: [Run] = []
            for repetition in 1...options.repetitions {
                options.progress("merge\(suffix): run \(repetition) of \(options.repetitions)")
                let run = try merge(log)
                runs.append(run)
                let ratio = run.bareSeconds / run.joinSeconds
                options.progress("merge\(suffix): ratio \(ratio.formatted(.number.precision(.fractionLength(3))))")
            }
            report.add("ratio_to_sqlite\(suffix)", median(runs.map { $0.bareSeconds / $0.joinSeconds }))
            report.add("orders_per_second\(suffix)", median(runs.map { Double(log.orders) / $0.joinSeconds }))
            report.add("records_per_order\(suffix)", Double(runs[0].records) / Double(log.orders))
        }
        options.progress("merge: the same delta into a large file and a small one")
        report.add("rate_1m_to_10k", try rateLargeToSmall())
        options.progress("merge: memory of merging 100,000 and 1,000,000 orders")
        let memory = try [100_000, 1_000_000].map { try Self.memoryKiB(merging: $0) }
        report.add("memory_1m_to_100k", memory[1] / memory[0])
        report.add("memory_mib_1m", memory[1] / 1024)
        return report
    }

    private struct Run {
        var joinSeconds = 0.0
        var bareSeconds = 0.0
        var records = 0
    }

    private func merge(_ log: BenchLog) throws -> Run {
        let folder = try BenchFolder()
        let (headquarters, stores) = try log.replicas(folder)
        let twin = try TwinFile(path: folder.path("twin.db"), cacheKiB: 65_536)
        let ordersByRound = Double(log.orders) / Double(log.rounds.count)
        let storesByCommit = max(1, Int((1000 * Double(stores.count) / ordersByRound).rounded()))
        var run = Run()
        for round in log.rounds.indices {
            try log.apply(round, of: 0, to: headquarters)
            for first in stride(from: 0, to: stores.count, by: storesByCommit) {
                var pending: [Delta] = []
                for index in first..<min(first + storesByCommit, stores.count) {
                    try log.apply(round, of: index + 1, to: stores[index])
                    // Stores write different origins, so their deltas against one state of HQ follow one another.
                    pending += try stores[index].deltas(for: headquarters)
                }
                try join(pending, at: headquarters, twin, &run)
            }
            try headquarters.checkpoint()
            try twin.checkpoint()
        }
        return run
    }

    private func join(_ deltas: [Delta], at replica: Replica, _ twin: TwinFile, _ run: inout Run) throws {
        guard !deltas.isEmpty else { return }
        var written = WrittenRows()
        replica.observeWrites { written.append($0, $1, $2) }
        let time = try seconds { try replica.join(deltas, at: .max / 2) }
        replica.observeWrites(nil)
        run.joinSeconds += time - written.secondsSpent
        run.records += deltas.reduce(0) { $0 + $1.records.count }
        run.bareSeconds += try seconds { try twin.write(written) }
    }

    /// How fast one delta of 10,000 orders is joined into a file of a million orders, against one of ten thousand.
    private func rateLargeToSmall() throws -> Double {
        let folder = try BenchFolder()
        let store = try Replica.bench(folder, member: 2, name: "store.db")
        let orders = try generatedOrders(20_000, seed: 2)
        try store.sell(orders[..<10_000], at: 2)
        let first = try store.deltas(for: try Replica.bench(folder, member: 9, name: "empty.db"))
        for (name, more) in [("small.db", 0), ("large.db", 990_000)] {
            let file = try Replica.bench(folder, member: 1, name: name)
            try file.join(first, at: .max / 2)
            if more > 0 { try file.sell(try generatedOrders(more, seed: 1)[...], at: 1) }
            try file.checkpoint()
        }
        try store.sell(orders[10_000...], at: 2)
        var rates: [Double] = []
        for _ in 0..<max(5, options.repetitions) {
            let times = try ["small.db", "large.db"].map { name in
                try folder.copy(name, to: "copy.db")
                defer { folder.remove("copy.db") }
                let file = try Replica.open(at: folder.path("copy.db"), .bench())
                let deltas = try store.deltas(for: file)
                return try seconds { try file.join(deltas, at: .max / 2) }
            }
            rates.append(times[0] / times[1])
        }
        return median(rates)
    }

    /// The high-water mark of a process of its own that merges so many orders.
    private static func memoryKiB(merging orders: Int) throws -> Double {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            process.executableURL = URL(filePath: own)
        }
        process.arguments = ["bench", "merge-memory", String(orders)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let peak = Double(text) else { throw BenchError.childFailed(text) }
        return peak
    }

    /// Merges so many orders of one store, 1,000 a commit.
    ///
    /// - Returns: this process' high-water mark in KiB.
    static func mergeForMemory(_ orders: Int) throws -> Int {
        let folder = try BenchFolder()
        let store = try Replica.bench(folder, member: 1, name: "store.db", cacheKiB: 16_384)
        let headquarters = try Replica.bench(folder, member: 0, name: "hq.db", cacheKiB: 16_384)
        var pending: [LogEvent] = []
        let shape = try LogShape(
            stores: 1, days: orders / 1000, ordersPerStoreAndDay: 1000, skus: 10_000, customers: 12_000)
        try LogGenerator(shape: shape, seed: 1).forEachEvent { event in
            guard case .order = event.kind else { return }
            pending.append(event)
            guard pending.count == 1000 else { return }
            try store.sell(pending[...], at: 1)
            try headquarters.join(try store.deltas(for: headquarters), at: .max / 2)
            try headquarters.checkpoint()
            pending.removeAll(keepingCapacity: true)
        }
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let kib = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchError.childFailed("no VmHWM")
        }
        return kib
    }
}
