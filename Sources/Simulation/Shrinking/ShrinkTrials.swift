/// The trials of one search: runs candidates within the budget, and keeps the smallest that failed.
///
/// Belongs to one call of `Shrinker.shrink`, whose passes share it one after another.
public final class ShrinkTrials<Candidate> {
    /// The smallest candidate so far that fails.
    public private(set) var smallest: Candidate
    /// How many candidates were run.
    public private(set) var count = 0
    /// How often `smallest` was replaced.
    public private(set) var successes = 0

    /// The pass that is at work.
    var pass = ""
    private let budget: TrialBudget
    private let outcome: (Candidate) -> TrialOutcome
    private let progress: (ShrinkProgress<Candidate>) -> Void

    init(
        from candidate: Candidate, within budget: TrialBudget, outcome: @escaping (Candidate) -> TrialOutcome,
        progress: @escaping (ShrinkProgress<Candidate>) -> Void
    ) {
        smallest = candidate
        self.budget = budget
        self.outcome = outcome
        self.progress = progress
    }

    /// Runs a candidate that is smaller than `smallest`, and takes it in its place if it fails.
    public func attempt(_ candidate: Candidate) throws(ShrinkStop) -> TrialOutcome {
        guard count < budget.trials else { throw .outOfTrials(limit: budget.trials) }
        guard !budget.isOver() else { throw .over }
        count += 1
        let result = outcome(candidate)
        if result == .fails {
            smallest = candidate
            successes += 1
        }
        progress(ShrinkProgress(pass: pass, trials: count, outcome: result, smallest: smallest))
        return result
    }
}
