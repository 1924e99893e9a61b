import Simulation

/// A chain of 20 stores and HQ in the partition laboratory, with every fault that it knows and all oracles, on one core.
struct BenchSimulate {
    private let options: BenchOptions

    private static let scenario = """
        {
          "about": "An afternoon of twenty stores on which everything goes wrong.",
          "stores": 20, "minutes": 240, "settle_minutes": 20, "swarm": false,
          "work": [
            {"kind": "sales", "per_hour": 60},
            {"kind": "deliveries", "per_hour": 1},
            {"kind": "status_changes", "per_hour": 200},
            {"kind": "customer_edits", "per_hour": 100}
          ],
          "faults": [
            {"kind": "outage", "from": 60, "minutes": 60},
            {"kind": "flapping", "per_hour": 1, "minutes": 5},
            {"kind": "torn_lines", "per_hour": 2},
            {"kind": "poor_lines", "delay_ms": 80},
            {"kind": "power_failures", "per_hour": 0.2, "minutes": 5},
            {"kind": "kills", "per_hour": 0.5, "minutes": 3},
            {"kind": "machine_off", "nodes": [0], "from": 150, "minutes": 15},
            {"kind": "wrong_clock", "nodes": [7], "from": 30, "minutes": 90, "off_minutes": 5000},
            {"kind": "disk_troubles", "per_hour": 0.2, "minutes": 3},
            {"kind": "crash_points", "per_hour": 0.2, "minutes": 3}
          ]
        }
        """

    init(_ options: BenchOptions) {
        self.options = options
    }

    func run() throws -> BenchReport {
        let scenario = try Scenario.read(Array(Self.scenario.utf8), named: "bench")
        var (hours, operations, faults): ([Double], [Double], [Double]) = ([], [], [])
        for seed in 1...UInt64(options.repetitions) {
            options.progress("simulate: seed \(seed)")
            let plan = Plan(scenario, seed: seed)
            var report: RunReport?
            let time = try seconds { report = try RunReport(playing: plan) }
            guard let report, report.violation == nil else {
                throw BenchError.childFailed("the simulation of seed \(seed) has violated an oracle")
            }
            hours.append(Double(report.simulatedMilliseconds) / 3_600_000 / time)
            operations.append(Double(report.transactions) / time)
            faults.append(Double(report.faultActs.compactMap(\.self).reduce(0, +)) / time)
        }
        var report = BenchReport("simulate")
        report.add("hours_per_second", median(hours))
        report.add("operations_per_second", median(operations))
        report.add("faults_per_second", median(faults))
        return report
    }
}
