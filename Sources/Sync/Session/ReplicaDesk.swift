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
        switch request {
        case .standing(let interest): return .standing(try standing(interest, for: peer))
        case .settle(let cuts): return try .settled(doubts: doubts(about: cuts), standing: [:])
        case .settleKnowing(let scope, let origin, let knowledge):
            let doubt = Doubt(scope: scope, origin: origin)
            return .settled(
                doubts: [],
                standing: try settle(doubt, with: peer, knowing: knowledge, incarnation: incarnation, at: milliseconds))
        case .knowledge(let scope, let origin):
            return .knowledge(scope, origin, try replica.knowledge(of: origin, in: scope))
        case .join(let deltas, let ordinal):
            return .joined(ordinal: ordinal, refused: try join(deltas, from: peer, at: milliseconds))
        case .stage(let header):
            _ = try replica.stage(header, from: peer)
            return .done
        case .stageRecords(let scope, let records, let bytes):
            try replica.stage(records, in: scope)
            return .staged(bytes: bytes)
        case .publish(let scope, let ordinal):
            try replica.publish(scope)
            return .joined(ordinal: ordinal, refused: [:])
        case .extract(let cuts): return try extract(cuts)
        case .confirm(let points):
            return try answer(for: points.keys.sorted()) { scope in
                for point in points[scope] ?? [] { try replica.confirm(point.point, of: point.origin, in: scope) }
            }
        case .keep(let checkpoints):
            return try answer(for: checkpoints.map(\.scope)) { scope in
                for checkpoint in checkpoints where checkpoint.scope == scope {
                    try replica.keep(checkpoint) { message, _ in verify(checkpoint, message) }
                }
            }
        case .spool, .piece, .forget: preconditionFailure("spools are served beside the owner")
        }
    }

    /// How far everything that is held of an interest is held.
    private func standing(_ interest: Interest, for peer: UInt32) throws -> [Scope: Standing] {
        var standings: [Scope: Standing] = [:]
        // A store's interest names its scopes; among all that headquarters holds they would be looked for long.
        let held = interest.kinds == 0 ? interest.scopes.filter(replica.holds) : replica.heldScopes
        for scope in held where interest.contains(scope) { standings[scope] = try standing(of: scope, for: peer) }
        for staged in replica.stagedCuts where interest.contains(staged.header.scope) {
            standings[staged.header.scope] = try standing(of: staged.header.scope, for: peer)
        }
        return standings
    }

    /// Told of what is staged is only what the peer began itself: nobody goes on where another one stopped.
    private func standing(of scope: Scope, for peer: UInt32) throws -> Standing {
        let staged = try replica.stagedPosition(of: scope, from: peer).map { Standing.Staged(header: $0.header, last: $0.last) }
        return Standing(
            cut: replica.cut(of: scope), digest: replica.digest(of: scope), summary: replica.summary(of: scope),
            staged: staged)
    }

    /// The first half of settling this member's own past: which origins must be compared.
    func doubts(about cuts: [Scope: Cut]) throws -> [Doubt] {
        var doubts: [Doubt] = []
        for (scope, cut) in cuts.sorted(by: { $0.key < $1.key }) {
            doubts += try replica.doubts(in: scope, peer: cut).map { Doubt(scope: scope, origin: $0) }
        }
        return doubts
    }

    /// The other half, of one origin.
    ///
    /// - Parameters:
    ///   - incarnation: 40 fresh random bits.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how far the scopes are held now, because others may have changed with this one.
    func settle(
        _ doubt: Doubt, with peer: UInt32, knowing knowledge: ChainKnowledge, incarnation: UInt64, at milliseconds: Int64
    ) throws -> [Scope: Standing] {
        try replica.settle(
            doubt.origin, in: doubt.scope, knownElsewhere: knowledge, incarnation: incarnation, at: milliseconds)
        return try standing(.everything, for: peer)
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
            if case .folding = error { throw error }
            guard deltas.count > 1 else {
                return Dictionary(uniqueKeysWithValues: deltas.map { ($0.header.scope, SessionError(error)) })
            }
        }
        var refused: [Scope: SessionError] = [:]
        for delta in deltas {
            do {
                try replica.join([delta], at: milliseconds, from: member)
            } catch let error as ReplicaError {
                if case .folding = error { throw error }
                refused[delta.header.scope] = SessionError(error)
            }
        }
        return refused
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
                guard let extraction = try replica.extraction(scope, for: cut) else { continue }
                guard extraction.keys.count <= pushedRecords, extraction.header.reach == .namedSlots else {
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
                refused[scope] = SessionError(error)
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
        var refused: [Scope: SessionError] = [:]
        for scope in Set(scopes).sorted() {
            do {
                try body(scope)
            } catch let error as ReplicaError {
                refused[scope] = SessionError(error)
            }
        }
        return refused.isEmpty ? .done : .refused(refused)
    }
}

extension SessionError {
    /// What a replica refuses, as the other side hears of it.
    public init(_ error: ReplicaError) {
        switch error {
        case .forked(let scope, let origin, let sequence):
            self = .forked(scope: scope, origin: origin, sequence: sequence)
        case .malformed(.inventsOwn): self = .invented(scope: nil)
        default: self = .refused(reason: "\(error)")
        }
    }
}
