internal import CRDT
public import Replica

/// Serves what is asked of one replica, by whoever owns it, in turns: what has waited together is served together, tills before
/// sessions. Transactions of one turn are made durable by one commit, and each caller is told after it.
///
/// Without threads or time of its own: a node takes turns on its owner's thread, a simulation when it thinks fit.
public struct ReplicaTurns {
    /// What is asked, and how the outcome is told.
    public struct Request {
        public enum Work {
            /// Part of a group that is committed together; whoever wants to know is told which dots it has before it is durable.
            case transaction(at: Int64, (Transaction) throws -> Void, applied: (Receipt) -> Void = { _ in })
            /// By itself, after everything before it is durable.
            case alone(() throws -> Void)
            /// For a session, which is answered through the outcome of the turn.
            case session(SessionWork)
        }

        public let work: Work
        /// - Parameter error: nil once the work is durable.
        public let settle: (_ error: (any Error)?) -> Void

        public init(_ work: Work, settle: @escaping (_ error: (any Error)?) -> Void = { _ in }) {
            (self.work, self.settle) = (work, settle)
        }
    }

    /// What comes of a turn besides what its callers were told. Answers go before changes: a session's own news must not be taken
    /// for something to tell it.
    public struct Outcome {
        public var replies: [SessionReply]
        /// Scopes that hold something new, durably.
        public var changed: [Scope]
        /// Scopes of which something is damaged, if these are others than before.
        public var ailing: [Scope]?
        /// The incarnation that writes from now on, if it is another one than before.
        public var incarnation: Identity?

        public init(replies: [SessionReply] = [], changed: [Scope] = []) {
            (self.replies, self.changed) = (replies, changed)
        }
    }

    /// Whom the replica works for.
    public struct Host {
        /// The wall clock, in milliseconds since 1970.
        public var wallClock: () -> Int64
        /// Whether a checkpoint bears its origin's signature, as far as a replica knows who that is.
        public var verify: (SignedCheckpoint, _ message: [UInt8], Replica) -> Bool = { _, _, _ in false }
        /// Begins another incarnation, because this one may write nothing any more: the first to write would be refused.
        public var renew: (_ milliseconds: Int64) throws -> Void = { _ in }
        /// Told of what storage has refused; says what to tell whoever wanted something stored.
        public var explain: (any Error) -> any Error = { $0 }
        /// So many transactions are durable by one commit; their callers are about to hear of it.
        public var stored: (_ transactions: Int) -> Void = { _ in }
        /// The write-ahead log was moved into the file, or that was tried.
        public var checkpointed: () -> Void = {}
        /// Does what records themselves ask of this machine once something has changed in these scopes, durably; at the first call they
        /// are all that are held. Nil: nothing.
        public var tend: ((_ changed: [Scope], _ milliseconds: Int64) throws -> Void)?

        public init(wallClock: @escaping () -> Int64) {
            self.wallClock = wallClock
        }
    }

    public let replica: Replica
    private let host: Host
    private let logFrameBound: Int
    /// The length of the log beyond which it is moved into the file.
    private var nextCheckpointFrames: Int
    private var counter: SessionCounter
    /// Decides requests for rights; nil where the schema has none, or where nobody asks.
    private var broker: EscrowBroker?
    /// The broker and the host have looked through everything that was held at the start.
    private var hasLookedAtAll = false
    /// The scopes of which the host knows that something is damaged there.
    private var toldAiling: [Scope] = []
    /// The incarnation that the host knows of.
    private var toldIdentity: Identity
    /// Records whose rows a request has found damaged.
    private var damaged: [RecordKey] = []

    private struct Applied {
        let request: Request
        let receipt: Receipt
    }

    /// - Parameters:
    ///   - logFrameBound: pages of write-ahead log after which it is moved into the file.
    ///   - decidesRights: whether requests for rights that are held here are answered.
    public init(
        _ replica: Replica, for host: Host, logFrameBound: Int, decidesRights: Bool,
        random: any RandomNumberGenerator
    ) {
        (self.replica, self.host, self.logFrameBound) = (replica, host, logFrameBound)
        toldIdentity = replica.identity
        nextCheckpointFrames = logFrameBound
        counter = SessionCounter(replica, for: host, random: random)
        broker = decidesRights ? EscrowBroker(replica.schema) : nil
    }

    /// Whether there is something to do when nobody asks: a cut to fold in.
    public var hasWork: Bool { counter.hasFoldsLeft }

    /// Takes a turn: serves requests that have waited together, in their order.
    public mutating func serve(_ requests: [Request]) -> Outcome {
        replica.recover()
        renewIfClosed()
        var group: [Applied] = []
        for request in requests {
            switch request.work {
            case .session: break
            case .transaction(let milliseconds, let body, let applied):
                do {
                    let (_, receipt) = try replica.apply(at: milliseconds, body)
                    applied(receipt)
                    if Mutants.isOn("acknowledged-before-commit") {
                        request.settle(nil)
                        group.append(Applied(request: Request(request.work), receipt: receipt))
                        continue
                    }
                    group.append(Applied(request: request, receipt: receipt))
                } catch {
                    let error = host.explain(error)
                    dropIfRolledBack(&group, because: error)
                    note(error)
                    request.settle(error)
                }
            case .alone(let body):
                commit(&group)
                do {
                    try replica.refresh()
                    try body()
                    try replica.commit()
                    request.settle(nil)
                } catch {
                    note(error)
                    request.settle(host.explain(error))
                }
            }
        }
        commit(&group)
        setDamagedAside()
        for request in requests { if case .session(let work) = request.work { counter.serve(work) } }
        counter.commitJoins()
        renewIfClosed()
        if counter.hasFoldsLeft { counter.fold(at: host.wallClock()) }
        checkpointIfLong()
        return outcome()
    }

    private mutating func outcome() -> Outcome {
        var outcome = Outcome(replies: counter.takeReplies(), changed: replica.takeChangedScopes())
        if broker != nil || host.tend != nil {
            follow(outcome.changed, at: host.wallClock())
            let granted = replica.takeChangedScopes()
            if !Mutants.isOn("grants-are-told-to-nobody") { outcome.changed = Set(outcome.changed).union(granted).sorted() }
        }
        let ailing = replica.ailingScopes
        if ailing != toldAiling { (toldAiling, outcome.ailing) = (ailing, ailing) }
        if replica.identity != toldIdentity {
            (toldIdentity, outcome.incarnation) = (replica.identity, replica.identity)
        }
        return outcome
    }

    /// Somebody else has closed this incarnation: the next till does not have to hear of it.
    private func renewIfClosed() {
        guard replica.isClosed || replica.isCopy, !replica.isStale else { return }
        // A disk that fails here fails the next commit, too, whose caller hears of it; it is tried again before the next one.
        try? host.renew(host.wallClock())
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

    /// Answers whoever asked for rights that are held here, and does what else the records ask for.
    private mutating func follow(_ changed: [Scope], at milliseconds: Int64) {
        let scopes = hasLookedAtAll ? changed : replica.heldScopes
        guard !scopes.isEmpty, !replica.isStale else { return }
        // A disk that fails here fails the next commit, too, whose caller hears of it; what is open stays open.
        let replica = replica
        do {
            _ = try broker?.decide(in: scopes, of: replica, at: milliseconds)
            try host.tend?(scopes, milliseconds)
            hasLookedAtAll = true
        } catch {
            hasLookedAtAll = false
        }
    }

    /// Makes a group durable and tells its callers.
    private func commit(_ group: inout [Applied]) {
        guard !group.isEmpty else { return }
        var failure: (any Error)?
        do {
            try replica.commit()
            host.stored(group.count)
        } catch {
            failure = host.explain(error)
        }
        for applied in group { applied.request.settle(failure) }
        group = []
    }

    /// A body that throws costs its own caller only. When storage fails, the engine returns to what is durable, and whoever
    /// was applied before in this group must hear that it is gone.
    private func dropIfRolledBack(_ group: inout [Applied], because error: any Error) {
        let isIntact = group.allSatisfy { applied in
            applied.receipt.dots.allSatisfy { replica.vector(of: $0.scope).covers($0.dot) }
        }
        guard !isIntact, !Mutants.isOn("group-hears-at-the-commit") else { return }
        for applied in group { applied.request.settle(error) }
        group = []
    }

    private mutating func checkpointIfLong() {
        guard replica.logFrames > nextCheckpointFrames else { return }
        // A checkpoint that fails leaves the log as it is: nothing is lost, and the next commit meets the same disk.
        let isComplete = (try? replica.checkpoint()) ?? false
        nextCheckpointFrames = isComplete ? logFrameBound : replica.logFrames + logFrameBound
        host.checkpointed()
    }
}
