import CRDT
import Replica
import Simulation
import Sync

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
            try log.gather(log.rounds.indices, headquarters, stores)
            report.add(
                "delta_bytes_per_order\(suffix)", Double(try Self.deltaFileBytes(headquarters)) / Double(log.orders))
            try headquarters.compact()
            try headquarters.vacuum()
            report.add("disk_bytes_per_order\(suffix)", Double(try folder.size("hq.db")) / Double(log.orders))
        }
        return report
    }

    /// The size of a delta file that holds everything.
    private static func deltaFileBytes(_ replica: Replica) throws -> Int {
        var bytes = 0
        let prologue = DeltaFilePrologue(chain: replica.identity.chain, created: .none, sender: replica.identity.origin)
        let writer = try DeltaFileWriter(prologue) { bytes += $0.count }
        for scope in replica.heldScopes {
            guard let delta = try replica.delta(scope, for: Cut()) else { continue }
            try writer.begin(delta.header)
            try writer.append(delta.records)
        }
        try writer.finish()
        return bytes
    }
}
