/// How far a search has come, told after each trial.
public struct ShrinkProgress<Candidate> {
    /// The pass that made the candidate.
    public let pass: String
    /// The trials so far, this one included.
    public let trials: Int
    /// What this one showed. If it fails, `smallest` is the candidate that was run.
    public let outcome: TrialOutcome
    /// The smallest candidate so far that fails.
    public let smallest: Candidate
}
