/// A mistake and the byte at which it stands, until it becomes a ``ScenarioError``.
struct SourceFault: Error {
    let offset: Int
    let problem: ScenarioError.Problem
}

extension SourceFault: CustomStringConvertible {
    /// For an `init(from:)` that catches it and puts it into words of its own.
    var description: String { problem.description }
}
