/// Why a search ended before its end.
public enum ShrinkStop: Error, Equatable, Sendable {
    case outOfTrials(limit: Int)
    /// `TrialBudget.isOver` said so.
    case over
}
