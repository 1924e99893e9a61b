import Node
import Replica
import Simulation

extension Command {
    static let check = Command(
        name: "check", summary: "Prove that a chain's replicas are equal, and equal to what the logs say.",
        details: """
            Compares cuts and digests of every scope at all replicas that hold it, and stock, points and order status with
            sums made from the logs alone. Looks at every row, so it names damage, too. Ends with exit code 1 if anything differs or is missing somewhere.
            """,
        options: [.chain("the chain's directory"), .quiet, .json],
        examples: ["atoll check --dir chain", "atoll check --dir chain --json"]
    ) { arguments in
        let watch = Stopwatch()
        let path = try arguments.required("dir")
        let chain = try ChainFolder.read(at: path)
        let report = try ChainCheck(chain, isQuiet: arguments.has("quiet")).run()
        let output = Output()
        if arguments.has("json") {
            try output.line(report.json(chain.register.title).line)
        } else if !arguments.has("quiet") {
            for line in report.lines(chain.register.title) { try output.line(line) }
            if report.holds {
                try output.line("All replicas are equal, and equal to the log. (\(duration(watch.seconds)))")
            }
        }
        try output.flush()
        if report.holds { return }
        let remedy =
            report.differenceCount > 0
            ? "replicas and log differ in \(report.differenceCount.counting("place")); "
                + (arguments.has("quiet") ? "run it without --quiet to see where" : "see above")
            : "replicas differ because they have not exchanged everything. Run: atoll exchange --dir \(path)"
        throw CommandError.doesNotHold(remedy)
    }
}

/// A whole chain held against itself and its logs.
struct ChainCheck {
    private let chain: ChainFolder
    private let isQuiet: Bool

    init(_ chain: ChainFolder, isQuiet: Bool) {
        self.chain = chain
        self.isQuiet = isQuiet
    }

    func run() throws -> CheckReport {
        let replicas = try chain.readAll()
        let truth = try readLogs()
        var report = CheckReport()
        let scopes = ScopeCheck(replicas, chain.register)
        scopes.run(into: &report)
        let lacks = Dictionary(grouping: report.lacks, by: \.replica)
        var progress = ProgressLine("compared", "records", total: nil, isQuiet: isQuiet)
        for directory in replicas {
            let missing = Set(lacks[directory.card.name, default: []].map(\.scope))
            var check = ValueCheck(directory, chain.register, truth)
            try locating(directory.path) {
                try check.run(isComplete: { !missing.contains($0) }) { count in
                    progress.update(report.compared.records + count)
                    try Interruption.check()
                }
            }
            report.compared += check.compared
            // Reading misses what no scope names: rows of other tables, and a record's that stands under another key.
            let damage = try damage(of: directory).filter { !check.differences.contains($0) }
            for difference in damage + check.differences.sorted() { report.add(difference: difference) }
        }
        progress.finish()
        return report
    }

    private func damage(of directory: ReplicaDirectory) throws -> [String] {
        do {
            return try directory.replica.verifyRows().map { "\(directory.path): \(ReplicaError.damagedRow(key: $0))" }
        } catch let error as StorageError {
            guard case .damagedTable = error else { throw error }
            return ["\(error)"]
        }
    }

    private func readLogs() throws -> LogTruth {
        var truth = LogTruth()
        let total = chain.register.logs.reduce(0) { $0 + $1.events }
        var progress = ProgressLine("read", "events", total: total, isQuiet: isQuiet)
        for log in chain.register.logs {
            try truth.add(try LogReader(path: chain.path(of: log))) { count in
                progress.update(count)
                try Interruption.check()
            }
        }
        progress.finish()
        return truth
    }
}
