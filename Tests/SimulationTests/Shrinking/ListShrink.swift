import Simulation

/// One search for a short part of a list, and all that it ran.
struct ListShrink {
    let result: ShrinkResult<[Int]>
    /// The candidates in the order in which they ran.
    let candidates: [[Int]]
    let outcomes: [TrialOutcome]

    init(_ list: [Int], within budget: TrialBudget = .unlimited, outcome: @escaping ([Int]) -> TrialOutcome) {
        var (candidates, outcomes): ([[Int]], [TrialOutcome]) = ([], [])
        result = Shrinker(passes: [.list("events", \.self)])
            .shrink(list, within: budget, progress: { outcomes.append($0.outcome) }) { candidate in
                candidates.append(candidate)
                return outcome(candidate)
            }
        (self.candidates, self.outcomes) = (candidates, outcomes)
    }

    /// The smallest failing candidate after each trial, `list` before the first.
    func smallest(of list: [Int]) -> [[Int]] {
        var smallest = [list]
        for (candidate, outcome) in zip(candidates, outcomes) {
            smallest.append(outcome == .fails ? candidate : smallest[smallest.count - 1])
        }
        return smallest
    }
}

extension TrialBudget {
    static var unlimited: TrialBudget { TrialBudget(trials: .max) }
}
