import Replica
import Simulation

/// Bytes an order of a chain's whole state at HQ, records and index, after compaction and vacuum.
struct BenchSize {
    private let options: BenchOptions

    init(_ options: BenchOptions) {
        self.options = options
    }

    func run() throws -> BenchReport {
        var report = BenchReport("size")
        for (log, suffix) in try BenchLog.all(options, rounds: 10) {
            options.progress("size\(suffix): merging \(log.orders) orders")
            let folder = try BenchFolder()
            let (headquarters, stores) = try log.replicas(folder)
            for round in log.rounds.indices {
                try log.apply(round, of: 0, to: headquarters)
                for (index, store) in stores.enumerated() {
                    try log.apply(round, of: index + 1, to: store)
                    try headquarters.join(try store.deltas(for: headquarters), at: .max / 2)
                }
                try headquarters.checkpoint()
            }
            try headquarters.compact()
            try headquarters.vacuum()
            report.add("disk_bytes_per_order\(suffix)", Double(try folder.size("hq.db")) / Double(log.orders))
        }
        return report
    }
}
