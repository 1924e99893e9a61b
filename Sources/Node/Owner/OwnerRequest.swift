internal import Replica
internal import Sync

/// What an owner's thread is asked to do, and how it tells the outcome.
struct OwnerRequest: Sendable {
    enum Work: Sendable {
        /// See `ReplicaTurns.Request.Work`.
        case transaction(at: Int64, @Sendable (Transaction) throws -> Void)
        case alone(@Sendable (ReplicaDirectory) throws -> Void)
        case session(SessionWork)
    }

    let work: Work
    /// - Parameter error: nil once the work is durable.
    let settle: @Sendable (_ error: (any Error)?) -> Void

    /// The same, for the directory of the thread that takes it up.
    func bound(to directory: ReplicaDirectory) -> ReplicaTurns.Request {
        switch work {
        case .transaction(let milliseconds, let body): .init(.transaction(at: milliseconds, body), settle: settle)
        case .alone(let body): .init(.alone { try body(directory) }, settle: settle)
        case .session(let work): .init(.session(work), settle: settle)
        }
    }
}
