internal import CRDT
public import Replica

/// Serves sessions' requests on a replica, on its owner's thread: what a node and a simulation have in common.
///
/// Spools are not its business, because large deltas are read beside the owner.
public struct ReplicaDesk {
    public let replica: Replica
    /// Deltas of more records are too large for a push.
    public var pushedRecords = 256
    private let recent = RecentDeltas()

    public init(_ replica: Replica) {
        self.replica = replica
    }

    /// - Parameters:
    ///   - request: any but those about spools.
    ///   - peer: the member that the request's session speaks with.
    ///   - incarnation: 40 fresh random bits.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    ///   - verify: whether a checkpoint bears its origin's signature over a message.
    public func serve(
        _ request: SessionRequest, from peer: UInt32, incarnation: UInt64, at milliseconds: Int64,
        verify: (SignedCheckpoint, _ message: [UInt8]) -> Bool
    ) throws -> SessionAnswer {
        try replica.refresh()
        return try aroundDamage {
            try tryServing(request, from: peer, incarnation: incarnation, at: milliseconds, verify: verify)
        }
    }

    private func tryServing(
        _ request: SessionRequest, from peer: UInt32, incarnation: UInt64, at milliseconds: Int64,
        verify: (SignedCheckpoint, _ message: [UInt8]) -> Bool
    ) throws -> SessionAnswer {
        switch request {
        case .standing(let interest): return .standing(try standing(interest, from: peer))
        case .settle(let cuts, let yielding):
            return try .settled(doubts: doubts(about: cuts, yieldingIn: yielding), standing: [:], refused: [:])
        case .settleKnowing(let scope, let origin, let told):
            let doubt = Doubt(scope: scope, origin: origin)
            guard origin.member == replica.identity.member else {
                try replica.yield(origin, in: scope, to: told.chain, at: milliseconds)
                return .settled(doubts: [], standing: try standing(.everything, from: peer), refused: [:])
            }
            guard try isProven(doubt, by: told, verify) else {
                return .settled(doubts: [], standing: [:], refused: [scope: .invented(scope: scope)])
            }
            try replica.settle(
                origin, in: scope, knownElsewhere: told.chain, incarnation: incarnation, at: milliseconds)
            // Others may have changed with this one.
            return .settled(doubts: [], standing: try standing(.everything, from: peer), refused: [:])
        case .knowledge(let scope, let origin):
            let checkpoint = replica.checkpoint(of: origin, in: scope)
            let chain = try replica.knowledge(of: origin, in: scope)
            return .knowledge(scope, origin, ToldKnowledge(chain: chain, checkpoint: checkpoint))
        case .contest(let scope):
            replica.noteContested(scope)
            return .done
        case .concede(let scope, let origin, let point):
            try replica.concede(origin, in: scope, beyond: point, at: milliseconds)
            return .settled(doubts: [], standing: try standing(.everything, from: peer), refused: [:])
        case .join(let deltas, let ordinal):
            return .joined(ordinal: ordinal, refused: try join(deltas, from: peer, at: milliseconds))
        case .stage(let header):
            return try answer(for: [header.scope]) { _ in _ = try replica.stage(header, from: peer) }
        case .stageRecords(let scope, let records, let size):
            let refused = try refusals(in: [scope]) { try replica.stage(records, in: $0, from: peer) }
            return .staged(scope, size, refused: refused[scope])
        case .publish(let scope, let ordinal, let records):
            let refused = try refusals(in: [scope]) { try replica.publish($0, from: peer, records: records) }
            return .joined(ordinal: ordinal, refused: refused)
        case .unstage(let scope):
            try replica.dropStaged(scope, from: peer)
            return .done
        case .extract(let cuts): return try extract(cuts)
        case .confirm(let points):
            return try answer(for: points.keys.sorted()) { scope in
                for point in points[scope] ?? [] { try replica.confirm(point.point, of: point.origin, in: scope) }
            }
        case .keep(let checkpoints, let bytes):
            let byScope = Dictionary(grouping: checkpoints, by: \.scope)
            var news: [SignedCheckpoint] = []
            let refused = try refusals(in: byScope.keys.sorted()) { scope in
                for checkpoint in byScope[scope] ?? [] {
                    let standing = try replica.keep(checkpoint) { message, _ in verify(checkpoint, message) }
                    if standing == .news { news.append(checkpoint) }
                }
            }
            return .kept(bytes: bytes, news: news, refused: refused)
        case .checkpoints(let doubts):
            return .checkpoints(doubts.compactMap { replica.checkpoint(of: $0.origin, in: $0.scope) })
        case .inspect, .examine, .take, .find, .mend: return try serveRepair(request, at: milliseconds)
        case .spool, .piece, .forget: preconditionFailure("spools are served beside the owner")
        }
    }

    /// How far everything that is held of an interest is held.
    ///
    /// - Parameter peer: who is told, and can go on only with what it began itself.
    func standing(_ interest: Interest, from peer: UInt32) throws -> [Scope: Standing] {
        var standings: [Scope: Standing] = [:]
        // A store's interest names its scopes; among all that headquarters holds they would be looked for long.
        let held = interest.kinds == 0 ? interest.scopes.filter(replica.holds) : replica.heldScopes
        for scope in held + replica.stagedCuts.map(\.header.scope) where interest.contains(scope) {
            standings[scope] = try standing(of: scope, from: peer)
        }
        return standings
    }

    private func standing(of scope: Scope, from peer: UInt32) throws -> Standing {
        let staged = try replica.stagedPosition(of: scope, from: peer).map {
            Standing.Staged(header: $0.header, last: $0.last)
        }
        return Standing(
            cut: replica.cut(of: scope), digest: replica.digest(of: scope), summary: replica.summary(of: scope),
            staged: staged,
            sought: replica.relayedOrigins(in: scope).filter { $0.member != peer }
                + replica.unsignedOrigins(of: peer, in: scope),
            isDamaged: replica.isAside(scope) && !Mutants.isOn("damage-is-not-told"))
    }

    /// The first half of settling the past: which origins must be compared.
    ///
    /// - Parameter yielding: scopes in which this side gives way to the other one about other members' pasts.
    func doubts(about cuts: [Scope: Cut], yieldingIn yielding: Set<Scope>) throws -> [Doubt] {
        var doubts: [Doubt] = []
        for (scope, cut) in cuts.sorted(by: { $0.key < $1.key }) {
            var origins = try replica.doubts(in: scope, peer: cut)
            if yielding.contains(scope) { origins += try replica.contestedOrigins(in: scope, headquarters: cut) }
            doubts += origins.map { Doubt(scope: scope, origin: $0) }
        }
        return doubts
    }

    /// Whether what somebody tells of this incarnation may close it. Whoever could do that by mere words could do it as often
    /// as it likes: so it is believed of headquarters, and of others if they show what this incarnation has signed itself.
    private func isProven(
        _ doubt: Doubt, by told: ToldKnowledge, _ verify: (SignedCheckpoint, _ message: [UInt8]) -> Bool
    ) throws -> Bool {
        guard doubt.origin == replica.identity.origin, !told.isOfHeadquarters,
            try replica.isContradicted(by: told.chain.end, in: doubt.scope)
        else { return true }
        guard let word = told.checkpoint, word.origin == doubt.origin, word.scope == doubt.scope,
            try replica.isContradicted(by: word.point, in: doubt.scope)
        else { return false }
        return verify(
            word,
            SignedCheckpoint.message(
                chain: replica.identity.chain, scope: word.scope, origin: word.origin, point: word.point))
    }

    /// Joins deltas; a scope that cannot be joined does not keep the others back.
    ///
    /// - Throws: what is about all of them: storage trouble.
    public func join(
        _ deltas: [Delta], from member: UInt32, at milliseconds: Int64
    ) throws -> [Scope: SessionError] {
        do {
            try replica.join(deltas, at: milliseconds, from: member)
            return [:]
        } catch let error as ReplicaError {
            guard !error.concernsAll else { throw error }
            guard deltas.count > 1 else {
                return Dictionary(
                    uniqueKeysWithValues: deltas.map { ($0.header.scope, SessionError(error, in: $0.header.scope)) })
            }
        }
        let byScope = Dictionary(grouping: deltas, by: \.header.scope)
        return try refusals(in: byScope.keys.sorted()) { scope in
            try replica.join(byScope[scope] ?? [], at: milliseconds, from: member)
        }
    }

    /// What a peer lacks of scopes that it holds up to these cuts.
    func extract(_ cuts: [Scope: Cut]) throws -> SessionAnswer {
        var (deltas, large, refused): ([Delta], [Scope], [Scope: SessionError]) = ([], [], [:])
        for (scope, cut) in cuts.sorted(by: { $0.key < $1.key }) {
            do {
                if let delta = recent.delta(of: scope, for: cut, in: replica) {
                    deltas.append(delta)
                    continue
                }
                guard let extraction = try replica.extraction(scope, for: cut, keyLimit: pushedRecords) else { continue }
                guard !extraction.exceedsLimit, extraction.header.reach == .namedSlots else {
                    large.append(scope)
                    continue
                }
                guard !replica.quarantinedKeys.contains(where: Set(extraction.keys).contains) else { continue }
                let records = try replica.records(of: extraction, from: 0, byteBudget: .max).records
                let delta = Delta(header: extraction.header, records: records)
                recent.note(delta, for: cut)
                deltas.append(delta)
            } catch let error as ReplicaError {
                if case .folding = error { continue }
                if case .damagedRow = error { throw error }
                refused[scope] = SessionError(error, in: scope)
            }
        }
        let checkpoints = deltas.flatMap { delta in
            replica.checkpoints(of: delta.header.scope, beyond: delta.header.base.vector).filter {
                $0.origin != replica.identity.origin
            }
        }
        return .extracted(deltas, large: large, refused: refused, checkpoints: checkpoints)
    }

    /// Does something in each scope; a fork or a bad signature leaves that scope out of the session.
    private func answer(for scopes: [Scope], _ body: (Scope) throws -> Void) throws -> SessionAnswer {
        let refused = try refusals(in: scopes, body)
        return refused.isEmpty ? .done : .refused(refused)
    }

    /// - Returns: what is wrong in which scope.
    /// - Throws: what is about all of them: storage trouble, or a scope that has to wait.
    private func refusals(
        in scopes: [Scope], _ body: (Scope) throws -> Void
    ) throws -> [Scope: SessionError] {
        var refused: [Scope: SessionError] = [:]
        for scope in scopes {
            do {
                try body(scope)
            } catch let error as ReplicaError {
                guard !error.concernsAll else { throw error }
                refused[scope] = SessionError(error, in: scope)
            }
        }
        return refused
    }
}

extension ReplicaError {
    /// Whether it is no peer's fault: a scope has to wait for its folding, or a row here is damaged.
    fileprivate var concernsAll: Bool {
        switch self {
        case .folding, .damagedRow: true
        default: false
        }
    }
}

extension SessionError {
    /// What a replica refuses, as the other side hears of it.
    ///
    /// - Parameter scope: the one that it is about.
    public init(_ error: ReplicaError, in scope: Scope? = nil) {
        switch error {
        case .forked(let scope, let origin, let sequence):
            self = .forked(scope: scope, origin: origin, sequence: sequence)
        case .malformed(.inventsOwn): self = .invented(scope: scope)
        default: self = .refused(reason: "\(error)")
        }
    }
}
