/// What a trial, one run of a candidate, showed.
///
/// Zeller and Hildebrandt's outcomes of a test: fail, pass and unresolved.
public enum TrialOutcome: Equatable, Sendable {
    /// The same oracle fails as in the run that is being shrunk.
    case fails
    /// It does not; another one may.
    case holds
    /// The candidate cannot run: a restart whose crash is gone, a node that nobody founded. That says nothing about what
    /// is in it, and whoever is missing the rest may well go together with it.
    case invalid
}
