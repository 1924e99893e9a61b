/// Makes a failing candidate smaller, pass after pass, until no pass finds anything smaller that fails.
///
/// The passes run in the order given, and again as long as another has changed the candidate since. Equal candidates,
/// passes and outcomes give the same trials in the same order. At any time, what has been found so far is the smallest
/// candidate that was seen to fail: a search that is stopped loses nothing.
public struct Shrinker<Candidate> {
    private let passes: [ShrinkPass<Candidate>]

    /// - Parameter passes: what removes most first.
    public init(passes: [ShrinkPass<Candidate>]) {
        self.passes = passes
    }

    /// - Parameters:
    ///   - candidate: fails; it is not run.
    ///   - progress: told after each trial.
    ///   - outcome: runs a candidate. The same candidate must always show the same.
    public func shrink(
        _ candidate: Candidate, within budget: TrialBudget,
        progress: @escaping (ShrinkProgress<Candidate>) -> Void = { _ in },
        outcome: @escaping (Candidate) -> TrialOutcome
    ) -> ShrinkResult<Candidate> {
        let trials = ShrinkTrials(from: candidate, within: budget, outcome: outcome, progress: progress)
        var stop: ShrinkStop?
        do { try run(trials) } catch { stop = error }
        return ShrinkResult(smallest: trials.smallest, trials: trials.count, stop: stop)
    }

    private func run(_ trials: ShrinkTrials<Candidate>) throws(ShrinkStop) {
        // What each pass left behind; it finds no more in the same.
        var settled = [Int?](repeating: nil, count: passes.count)
        while settled.contains(where: { $0 != trials.successes }) {
            for (index, pass) in passes.enumerated() where settled[index] != trials.successes {
                trials.pass = pass.name
                try pass.run(trials)
                settled[index] = trials.successes
            }
        }
    }
}
