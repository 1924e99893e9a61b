public import CRDT
public import Replica

/// What a session asks of the replica that it speaks for. Requests are served in their order, answers come back in any.
public enum SessionRequest: Hashable, Sendable {
    /// How far everything that is held of an interest is held.
    case standing(Interest)
    /// Settle this member's own past with what the other side holds of it; in the scopes where this side gives way to headquarters,
    /// also what it holds of others' pasts.
    case settle([Scope: Cut], yieldingIn: Set<Scope>)
    /// Go on with that, knowing what the other side knows of an origin's chain.
    case settleKnowing(Scope, Origin, ToldKnowledge)
    /// What is known here of an origin's chain.
    case knowledge(Scope, Origin)
    /// The other side has found two histories of somebody in this scope.
    case contest(Scope)
    /// Headquarters do not believe that they made more transactions under this incarnation than up to a point.
    case concede(Scope, Origin, ChainPoint)
    /// Join these together, durably; number `ordinal` of what came.
    case join([Delta], ordinal: UInt64)
    /// Take a large delta in, piece by piece; none of it is visible before it is published.
    case stage(DeltaHeader)
    case stageRecords(Scope, [DeltaRecord], StagedSize)
    /// - records: how many must be staged now, some perhaps by an earlier session.
    case publish(Scope, ordinal: UInt64, records: UInt64)
    /// Forget what is staged of a large delta.
    case unstage(Scope)
    /// What the other side lacks of scopes that it holds up to these cuts.
    case extract([Scope: Cut])
    /// The same of one scope, in pieces that are kept until they are acknowledged.
    case spool(Scope, Cut)
    /// The piece with this index.
    case piece(SpoolID, Int)
    /// A spool is not needed any more.
    case forget(SpoolID)
    /// Whether the other side's word on its own transactions agrees with what others told of them.
    case confirm([Scope: [ConfirmedPoint]])
    /// Origins' signatures that came in; those that are good are kept and passed on.
    /// - bytes: how many they took on the wire.
    case keep([SignedCheckpoint], bytes: Int)
    /// The newest checkpoints of these origins, as far as they are kept.
    case checkpoints([Doubt])
    /// How a scope stands, for a comparison.
    /// - forPeer: it is the other side that has asked.
    case inspect(Scope, forPeer: Bool)
    /// Compare a scope with what the other side says of it. It only reads, and may take long.
    case examine(RepairTurn, from: RepairPeer)
    /// Take in what that came to.
    case take(RepairStep, from: RepairPeer)
    /// What is held of these records.
    case find(Scope, [RecordKey])
    /// Put records of a scope back that are set aside.
    case mend(Scope, [Mending], from: RepairPeer)
}

/// What an origin says itself of its chain.
public struct ConfirmedPoint: Hashable, Sendable {
    public let origin: Origin
    public let point: ChainPoint

    public init(origin: Origin, point: ChainPoint) {
        self.origin = origin
        self.point = point
    }
}

/// The name of a spool among those of its keeper.
public struct SpoolID: Hashable, Sendable {
    public let number: UInt64

    public init(number: UInt64) {
        self.number = number
    }
}

/// A delta in pieces, ready to be sent.
public struct Spool: Hashable, Sendable {
    public struct Piece: Hashable, Sendable {
        public let byteCount: Int
        /// The key of its last record.
        public let last: RecordKey

        public init(byteCount: Int, last: RecordKey) {
            self.byteCount = byteCount
            self.last = last
        }
    }

    public let id: SpoolID
    public let header: DeltaHeader
    public let recordCount: Int
    public let pieces: [Piece]

    public init(id: SpoolID, header: DeltaHeader, recordCount: Int, pieces: [Piece]) {
        self.id = id
        self.header = header
        self.recordCount = recordCount
        self.pieces = pieces
    }
}

/// What a request came to.
public enum SessionAnswer: Sendable {
    case standing([Scope: Standing])
    /// Of these origins the other side must be asked what it knows. If there are none, all is settled.
    /// - standing: of the scopes that are held otherwise now.
    /// - refused: those in which the other side has not proved what it tells of this member's past.
    case settled(doubts: [Doubt], standing: [Scope: Standing], refused: [Scope: SessionError])
    case knowledge(Scope, Origin, ToldKnowledge)
    /// Durable here, and visible, but for the scopes that are refused.
    case joined(ordinal: UInt64, refused: [Scope: SessionError])
    /// - refused: why the scope's delta cannot be taken in.
    case staged(Scope, StagedSize, refused: SessionError?)
    /// - news: what was not known before; whoever drives the sessions of this replica tells them to the others (`tell`).
    case kept(bytes: Int, news: [SignedCheckpoint], refused: [Scope: SessionError])
    case checkpoints([SignedCheckpoint])
    /// - large: those of which too much is missing for a push.
    /// - refused: those that cannot be told, because the two sides know different histories.
    /// - checkpoints: what the origins of the news have signed.
    case extracted(
        [Delta], large: [Scope], refused: [Scope: SessionError], checkpoints: [SignedCheckpoint])
    /// nil if nothing is missing any more.
    case spooled(Scope, Spool?)
    case piece(SpoolID, Int, [UInt8])
    case done
    /// These scopes cannot go on in this session.
    case refused([Scope: SessionError])
    case inspected(RepairStanding, forPeer: Bool)
    case examined(RepairStep)
    /// What is to be said next.
    case taken(RepairTurn)
    case found(Mending)
    case mended(RepairStanding)
    case failed(SessionError)
}

/// An origin whose transactions in a scope are in doubt: this member's own, whose past must be compared, or another's, which
/// came by a third and which it has not confirmed.
public struct Doubt: Hashable, Sendable {
    public let scope: Scope
    public let origin: Origin

    public init(scope: Scope, origin: Origin) {
        self.scope = scope
        self.origin = origin
    }
}

/// How far a scope is held.
public struct Standing: Hashable, Sendable {
    public let cut: Cut
    /// nil while a large cut is being folded in.
    public let digest: Hash128?
    /// A hash over scope, cut and digest; nil with it.
    public let summary: Hash128?
    /// A large delta of which a part has come.
    public let staged: Staged?
    /// Whose signatures are missing: of those whose transactions came by others, and of the peer for its own.
    public let sought: [Origin]
    /// A record of it is set aside.
    public let isDamaged: Bool

    public struct Staged: Hashable, Sendable {
        public let header: DeltaHeader
        public let last: RecordKey

        public init(header: DeltaHeader, last: RecordKey) {
            self.header = header
            self.last = last
        }
    }

    public init(
        cut: Cut, digest: Hash128?, summary: Hash128?, staged: Staged?, sought: [Origin] = [], isDamaged: Bool = false
    ) {
        self.cut = cut
        self.digest = digest
        self.summary = summary
        self.staged = staged
        self.sought = sought
        self.isDamaged = isDamaged
    }
}

extension Standing {
    /// One number for many scopes, which differs if any of them does: their summaries, exclusive or.
    static func sum(_ standings: some Sequence<Standing>) -> Hash128 {
        standings.reduce(.zero) { sum, standing in
            let summary = standing.summary ?? Hash128(high: .max, low: .max)
            if Mutants.isOn("all-sums-are-equal") { return .zero }
            return Hash128(high: sum.high ^ summary.high, low: sum.low ^ summary.low)
        }
    }
}
