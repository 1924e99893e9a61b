import Foundation
import Simulation

/// Makes runs that violate an oracle small, and writes each down as a scenario file at once: the first of each scenario and oracle.
struct ViolationShrinking {
    private let folder: String
    private let secondsLimit: Double
    private let isQuiet: Bool
    private var done: Set<[String]> = []

    /// - Parameters:
    ///   - folder: where the files go; it is made, if it is not there.
    ///   - secondsLimit: how long each is looked for at most.
    init(into folder: String, within secondsLimit: Double, isQuiet: Bool) throws {
        (self.folder, self.secondsLimit, self.isQuiet) = (folder, secondsLimit, isQuiet)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// - Returns: nil if nothing is violated, or if another run of the scenario violated the same.
    mutating func shrink(_ report: RunReport, of file: ScenarioFile) throws -> ShrunkRun? {
        guard let finding = report.violation, done.insert([file.path, finding.oracle]).inserted else { return nil }
        let plan = Plan(file.scenario, seed: report.seed)
        var progress = ProgressLine("tried", "smaller runs", total: nil, isQuiet: isQuiet)
        let (watch, limit) = (Stopwatch(), secondsLimit)
        let budget = TrialBudget(trials: .max) {
            do { try Interruption.check() } catch { return true }
            return watch.seconds >= limit
        }
        let result = PlanShrinking(plan, violating: finding).shrink(within: budget) { step in
            let left = step.smallest.events.count.counting("event")
            progress.update(step.trials, note: "\(left) of \(file.name) left that violate \(finding.oracle)")
        }
        progress.finish()
        let path = "\(folder)/\(file.name)-\(finding.oracle)-\(report.seed).json"
        let about = "\(file.name) with the seed \(report.seed) violates \(finding.oracle): this is what is left of it."
        let text = try result.smallest.scenarioFile(
            about: about, violates: finding.oracle == file.scenario.violates ? finding.oracle : nil)
        try NewFile.write(path) { try $0(Array(text.utf8)) }
        return ShrunkRun(
            scenario: file.path, seed: report.seed, oracle: finding.oracle, file: path,
            events: result.smallest.events.count, plannedEvents: plan.events.count, trials: result.trials,
            seconds: watch.seconds, isMinimal: result.isMinimal)
    }
}
