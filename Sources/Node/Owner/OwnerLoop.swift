internal import CRDT
internal import Replica
internal import Sync
internal import Synchronization

/// What an owner's thread is asked to do, and how it tells the outcome.
struct OwnerRequest: Sendable {
    enum Work: Sendable {
        /// Part of a group that is committed together.
        case transaction(at: Int64, @Sendable (Transaction) throws -> Void)
        /// By itself, after everything before it is durable.
        case alone(@Sendable (ReplicaDirectory) throws -> Void)
        /// For a session, which is answered through the owner's listener.
        case session(SessionWork)
    }

    let work: Work
    /// - Parameter error: nil once the work is durable.
    let settle: @Sendable (_ error: (any Error)?) -> Void
}

/// What an owner's thread does with its replica: groups of transactions, and checkpoints between them.
///
/// It lives on that thread alone; only the counts are read elsewhere.
struct OwnerLoop {
    let directory: ReplicaDirectory
    let logFrameBound: Int
    let counts: OwnerCountsBox
    private let disk: DiskWatch
    /// The length of the log beyond which it is moved into the file.
    private var nextCheckpointFrames: Int
    private var counter: SessionCounter
    private let listener: OwnerListener?
    /// Decides requests for rights; nil where the schema has none.
    private var broker: EscrowBroker?
    /// The broker has looked through everything that was held at the start.
    private var isBrokerCurrent = false
    /// The scopes of which the listener knows that something is damaged there.
    private var toldAiling: [Scope] = []
    /// Records whose rows a request has found damaged.
    private var damaged: [RecordKey] = []

    private struct Applied {
        let request: OwnerRequest
        let receipt: Receipt
    }

    private var replica: Replica { directory.replica }

    init(
        _ directory: ReplicaDirectory, logFrameBound: Int, _ counts: OwnerCountsBox, _ disk: DiskWatch,
        _ listener: OwnerListener?
    ) {
        self.directory = directory
        self.disk = disk
        self.listener = listener
        let path = directory.path
        counter = SessionCounter(
            directory.replica, explain: { disk.explain($0, in: path, at: $1) }, verify: listener?.verify)
        broker = listener == nil ? nil : EscrowBroker(directory.replica.schema)
        self.logFrameBound = logFrameBound
        self.counts = counts
        nextCheckpointFrames = logFrameBound
    }

    /// Whether there is something to do when nobody asks: a cut to fold in.
    var hasWork: Bool { counter.hasFoldsLeft }

    /// Serves requests that have waited together, in their order; tills before sessions.
    mutating func serve(_ requests: [OwnerRequest]) {
        var group: [Applied] = []
        for request in requests {
            switch request.work {
            case .session: break
            case .transaction(let milliseconds, let body):
                do {
                    let (_, receipt) = try replica.apply(at: milliseconds, body)
                    group.append(Applied(request: request, receipt: receipt))
                } catch {
                    let error = explained(error)
                    dropIfRolledBack(&group, because: error)
                    note(error)
                    request.settle(error)
                }
            case .alone(let body):
                commit(&group)
                do {
                    try body(directory)
                    try replica.commit()
                    request.settle(nil)
                } catch {
                    note(error)
                    request.settle(explained(error))
                }
            }
        }
        commit(&group)
        setDamagedAside()
        for request in requests { if case .session(let work) = request.work { counter.serve(work) } }
        counter.commitJoins()
        if counter.hasFoldsLeft { counter.fold(at: listener?.wallClock() ?? 0) }
        checkpointIfLong()
        tellListener()
    }

    private mutating func tellListener() {
        guard let listener else { return }
        let replies = counter.takeReplies()
        var changed = replica.takeChangedScopes()
        if broker != nil {
            decideRequests(in: changed, at: listener.wallClock())
            changed = Set(changed).union(replica.takeChangedScopes()).sorted()
        }
        if !replies.isEmpty || !changed.isEmpty { listener.served(replies, changed) }
        let ailing = replica.ailingScopes
        guard ailing != toldAiling else { return }
        toldAiling = ailing
        listener.ailing(ailing)
    }

    private mutating func note(_ error: any Error) {
        if case ReplicaError.damagedRow(let key)? = error as? ReplicaError { damaged.append(key) }
    }

    /// Whoever met a damaged row has heard of it; from now on the record waits for a peer, and all else goes on.
    private mutating func setDamagedAside() {
        // A disk that fails here fails the next commit, too; the row stays as it is, and is met again.
        for key in damaged { _ = try? replica.quarantineIfDamaged(key) }
        damaged = []
    }

    /// Answers whoever asked for rights that are held here.
    private mutating func decideRequests(in changed: [Scope], at milliseconds: Int64) {
        let scopes = isBrokerCurrent ? changed : replica.heldScopes
        guard !scopes.isEmpty else { return }
        // A disk that fails here fails the next commit, too, whose caller hears of it; the requests stay open.
        let replica = replica
        isBrokerCurrent = (try? broker?.decide(in: scopes, of: replica, at: milliseconds)) != nil
    }

    /// Makes a group durable and tells its callers.
    private func commit(_ group: inout [Applied]) {
        guard !group.isEmpty else { return }
        var failure: (any Error)?
        do {
            try replica.commit()
            disk.clear()
            counts.change {
                $0.transactions += group.count
                $0.commits += 1
            }
        } catch {
            failure = explained(error)
        }
        for applied in group { applied.request.settle(failure) }
        group = []
    }

    private func explained(_ error: any Error) -> any Error {
        disk.explain(error, in: directory.path, at: listener?.wallClock() ?? 0)
    }

    /// A body that throws costs its own caller only. When storage fails, the engine returns to what is durable, and whoever
    /// was applied before in this group must hear that it is gone.
    private func dropIfRolledBack(_ group: inout [Applied], because error: any Error) {
        let isIntact = group.allSatisfy { applied in
            applied.receipt.dots.allSatisfy { replica.vector(of: $0.scope).covers($0.dot) }
        }
        guard !isIntact else { return }
        for applied in group { applied.request.settle(error) }
        group = []
    }

    private mutating func checkpointIfLong() {
        guard replica.logFrames > nextCheckpointFrames else { return }
        // A checkpoint that fails leaves the log as it is: nothing is lost, and the next commit meets the same disk. The mark
        // is a witness that may lag behind.
        let isComplete = (try? replica.checkpoint()) ?? false
        try? directory.writeHighWater()
        nextCheckpointFrames = isComplete ? logFrameBound : replica.logFrames + logFrameBound
        counts.change { $0.checkpoints += 1 }
    }
}

/// What an owner has done so far.
public struct OwnerCounts: Hashable, Sendable {
    /// That were acknowledged.
    public var transactions = 0
    /// That made them durable: each costs a sync of the disk.
    public var commits = 0
    public var checkpoints = 0
}

/// Counts that one thread changes and others read.
final class OwnerCountsBox: Sendable {
    private let counts = Mutex(OwnerCounts())

    var now: OwnerCounts { counts.withLock { $0 } }

    func change(_ body: (inout OwnerCounts) -> Void) {
        counts.withLock { body(&$0) }
    }
}
