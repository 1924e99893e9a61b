import Replica
import Sync

/// What makes a benchmark's figures worthless.
enum BenchError: Error {
    case childFailed(String)
    case sessionEnded(SessionError)
    case scopeLeftOut(Scope, SessionError)
    /// The two sides hold different things of a scope after they have synced.
    case differs(Scope)
    /// Something crossed more often than once.
    case sentAgain(records: Int)
}
