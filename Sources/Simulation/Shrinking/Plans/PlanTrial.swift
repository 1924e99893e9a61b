/// Plays smaller plans in search of one violation.
final class PlanTrial {
    /// It was found when all was whole for as long as the scenario gives: then that time is part of what is violated.
    let isFoundAtEnd: Bool
    /// When the last plan that failed did, in the world's milliseconds.
    private(set) var lastFailure: Int64?
    private let oracle: String

    private struct Over: Error {}

    init(_ finding: RunReport.Finding, in plan: Plan) {
        oracle = finding.oracle
        isFoundAtEnd = finding.milliseconds >= plan.length + plan.settling
    }

    /// All oracles look on: what another one finds first is another violation.
    func outcome(of plan: Plan, isOver: () -> Bool) -> TrialOutcome {
        guard let report = try? RunReport(playing: plan, checking: { if isOver() { throw Over() } }) else { return .invalid }
        guard let finding = report.violation, finding.oracle == oracle else { return .holds }
        lastFailure = finding.milliseconds
        return .fails
    }
}
