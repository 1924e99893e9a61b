import Simulation

/// What came of the runs of one scenario file, in words.
struct ScenarioResult {
    let file: ScenarioFile
    private(set) var tally: ScenarioTally
    private(set) var differences: [String] = []
    /// Every seed that was asked for was played.
    var isComplete = true
    private var seconds = 0.0

    init(_ file: ScenarioFile) {
        self.file = file
        tally = ScenarioTally(file.scenario)
    }

    /// - Parameter seconds: how long they took together.
    mutating func add(_ runs: [PlayedRun], in seconds: Double) {
        self.seconds += seconds
        for run in runs {
            tally.add(run.report)
            if let difference = run.difference { differences.append("\(file.path.printable): \(difference)") }
        }
    }

    /// What an oracle found, and how to see it again.
    var failures: [String] {
        var lines = tally.failures.compactMap { report in
            report.violation.map { finding in
                "\(file.path.printable), seed \(report.seed): \(finding.oracle) is violated after "
                    + "\(Self.time(finding.milliseconds))\(finding.node.map { ", at node \($0)" } ?? "").\n"
                    + "  \(finding.detail.printable)\n"
                    + "  Again: atoll simulate \(file.path.printable) --seed \(report.seed)"
            }
        }
        if tally.missesViolation, isComplete {
            lines.append("\(file.path.printable): \(file.scenario.violates ?? "") should be violated, and was not")
        }
        return lines
    }

    var shortcomings: [String] {
        if tally.runs == 0 { return ["\(file.path.printable): no run was begun within the time limit"] }
        return tally.shortcomings.map { "\(file.path.printable): \($0)" }
    }

    /// For a person.
    var lines: [String] {
        let verdict =
            !differences.isEmpty
            ? "differs" : !failures.isEmpty ? "VIOLATED" : !shortcomings.isEmpty ? "too little" : "held"
        let hours = Double(tally.simulatedMilliseconds) / 3_600_000
        let rate = seconds > 0 ? ", \(Int(hours / seconds)) simulated hours a second" : ""
        var lines = [
            "\(verdict)  \(file.name): \(tally.runs.counting("run")), \(Int(hours.rounded()).grouped) simulated hours, "
                + "\(tally.transactions.grouped) transactions\(rate)\(isComplete ? "" : "; stopped by the time limit")"
        ]
        let acts = tally.acts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.effective.grouped)" }
        if !acts.isEmpty { lines.append("      " + acts.joined(separator: ", ")) }
        return lines
    }

    /// As people say it: `2 h 13 min 7.250 s`.
    static func time(_ milliseconds: Int64) -> String {
        let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60)
        let seconds = "\(milliseconds / 1000 % 60).\(String(milliseconds % 1000 + 1000).dropFirst()) s"
        return (hours > 0 ? "\(hours) h " : "") + (hours > 0 || minutes > 0 ? "\(minutes) min " : "") + seconds
    }
}
