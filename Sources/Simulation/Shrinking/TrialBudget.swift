/// How long a search for something smaller may go on.
public struct TrialBudget {
    /// How many candidates may be run.
    public let trials: Int
    /// Asked before each trial: whether the deadline has passed, or somebody has had enough. No clock is read here.
    public let isOver: () -> Bool

    public init(trials: Int, isOver: @escaping () -> Bool = { false }) {
        precondition(trials >= 0, "a budget of less than nothing")
        self.trials = trials
        self.isOver = isOver
    }
}
