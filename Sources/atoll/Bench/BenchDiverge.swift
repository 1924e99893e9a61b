import Foundation
import Replica
import Simulation

/// What it takes two of HQ's nodes to become equal after an outage in which each heard of its own half of the stores only.
struct BenchDiverge {
    private let options: BenchOptions
    /// The two nodes' files.
    private let files = (left: "hq.db", right: "right.db")

    init(_ options: BenchOptions) {
        self.options = options
    }

    func run() throws -> BenchReport {
        var report = BenchReport("diverge")
        for percent in [1, 10] {
            options.progress("diverge: an outage of \(percent) %")
            let folder = try BenchFolder()
            try part(folder, percent: percent)
            var line = try open(folder, as: "bytes")
            try line.connect()
            try line.checkEqual()
            report.add("bytes_\(percent)pct", Double(line.bytes))
            guard percent == 10 else { continue }
            try line.connect()
            report.add("bytes_nothing_missing", Double(line.bytes))
            try measureTime(folder, &report)
        }
        return report
    }

    /// Makes the files of two nodes that hold what was before the outage, and their own half of what came then.
    private func part(_ folder: BenchFolder, percent: Int) throws {
        let rounds = 10
        let log = OutageSplit(try BenchLog.generated(options.size), percent: percent).log(rounds: rounds)
        let (left, stores) = try log.replicas(folder)
        try log.gather(0..<rounds, left, stores)
        let right = try Replica.bench(folder, member: 0, incarnation: 1001, name: files.right)
        try right.join(try left.deltas(for: right), at: .max / 2)
        for (round, node) in [(rounds, left), (rounds + 1, right)] {
            for (index, store) in stores.enumerated() {
                // A store that has no news on this side trades on the other one.
                guard index + 1 < log.rounds[round].count, !log.rounds[round][index + 1].isEmpty else { continue }
                try log.apply(round, of: index + 1, to: store)
                try node.join(try store.deltas(for: node), at: .max / 2)
            }
            try log.apply(round, of: 0, to: node)
        }
    }

    /// Copies of both files, under a name that no earlier ones had: SQLite takes a log away by its name.
    private func open(_ folder: BenchFolder, as name: String) throws -> BenchLine {
        let copies = try [files.left, files.right].map { file in
            try folder.copy(file, to: "\(name)-\(file)")
            return try Replica.open(at: folder.path("\(name)-\(file)"), .bench())
        }
        return try BenchLine(copies[0], copies[1])
    }

    // MARK: Time

    /// The whole session, finding out and reading what the other side lacks, packing and unpacking it included, against joins
    /// of the same deltas as they are in memory, some 1,000 orders a commit, as the merge benchmark does it. Both start on
    /// files that were just opened. The joins follow each other on one thread; of the session each side has its own thread, as
    /// two nodes have, and what both together take of the processor is compared besides.
    private func measureTime(_ folder: BenchFolder, _ report: inout BenchReport) throws {
        let source = try open(folder, as: "source")
        let (left, right) = (source.left.replica, source.right.replica)
        let (toRight, toLeft) = (try commits(left.deltas(for: right)), try commits(right.deltas(for: left)))
        var (syncs, merges): ([Spent], [Spent]) = ([], [])
        for run in 0..<max(5, options.repetitions) {
            // Each is first as often as second.
            for isSync in run % 2 == 0 ? [true, false] : [false, true] {
                let name = "\(isSync ? "sync" : "merge")-\(run)"
                defer { for file in [files.left, files.right] { folder.remove("\(name)-\(file)") } }
                var line = try open(folder, as: name)
                if isSync {
                    syncs.append(try Spent { try line.connectInParallel() })
                } else {
                    merges.append(
                        try Spent {
                            for deltas in toRight { try line.right.replica.join(deltas, at: .max / 2) }
                            for deltas in toLeft { try line.left.replica.join(deltas, at: .max / 2) }
                        })
                }
                try line.checkEqual()
            }
            let ratio = (syncs[run].elapsed / merges[run].elapsed).formatted(.number.precision(.fractionLength(3)))
            options.progress("diverge: run \(run + 1), ratio \(ratio)")
        }
        report.add("time_10pct_to_merge", median(zip(syncs, merges).map { $0.elapsed / $1.elapsed }))
        report.add("cpu_10pct_to_merge", median(zip(syncs, merges).map { $0.cpuSeconds / $1.cpuSeconds }))
        report.add("sync_ms_10pct", median(syncs.map(\.elapsed)) * 1000)
    }

    /// What something took by the clock, and of the processor by all threads together.
    private struct Spent {
        let elapsed: Double
        let cpuSeconds: Double

        init(_ body: () throws -> Void) rethrows {
            let start = clock()
            elapsed = try seconds(body)
            cpuSeconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        }
    }

    /// Deltas in groups that bring at least 1,000 orders each.
    private func commits(_ deltas: [Delta]) -> [[Delta]] {
        var (commits, pending, orders): ([[Delta]], [Delta], Int) = ([], [], 0)
        for delta in deltas.sorted(by: { $0.header.scope < $1.header.scope }) {
            pending.append(delta)
            if delta.header.scope.kind == .books { orders += delta.records.count }
            guard orders >= 1000 else { continue }
            commits.append(pending)
            (pending, orders) = ([], 0)
        }
        return pending.isEmpty ? commits : commits + [pending]
    }
}
