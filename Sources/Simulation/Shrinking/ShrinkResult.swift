/// What a search came to.
public struct ShrinkResult<Candidate> {
    /// The smallest candidate that fails: one that was run, or what the search began with.
    public let smallest: Candidate
    /// How many candidates were run.
    public let trials: Int
    /// Why the search ended early; nil if no pass finds anything smaller that fails.
    public let stop: ShrinkStop?

    public var isMinimal: Bool { stop == nil }
}

extension ShrinkResult: Sendable where Candidate: Sendable {}
