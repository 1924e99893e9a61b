/// Makes a run that violates an oracle small: fewer events, machines and values, and earlier times, as long as the same oracle is
/// violated.
///
/// What a violation needs is looked for in the order in which it makes the next trials quick. What comes behind the violation goes
/// first; then, if a short stretch of it is enough, all else; then long pauses, for a world in which nothing happens still has to
/// live through them; then faults by their kinds, stores, and events. Of the few that are left each is made as plain as it can be.
/// Streams of random numbers are by concern and machine, so that most of what is left happens as before.
public struct PlanShrinking {
    private let plan: Plan
    private let finding: RunReport.Finding

    /// - Parameter finding: what a run of the plan has found.
    public init(_ plan: Plan, violating finding: RunReport.Finding) {
        (self.plan, self.finding) = (plan, finding)
    }

    /// The same plan, finding and number of trials give the same result in every process.
    ///
    /// - Parameters:
    ///   - budget: when it is over, the smallest so far is the result; it is asked within trials, too.
    ///   - progress: told after each trial.
    public func shrink(
        within budget: TrialBudget, progress: @escaping (ShrinkProgress<Plan>) -> Void = { _ in }
    ) -> ShrinkResult<Plan> {
        let trial = PlanTrial(finding, in: plan)
        // The same run as far as it went: it need not be played again.
        let start = plan.ending(behind: finding.milliseconds)
        return Shrinker(passes: ShrinkPass.all(for: trial)).shrink(start, within: budget, progress: progress) { plan in
            trial.outcome(of: plan, isOver: budget.isOver)
        }
    }
}
