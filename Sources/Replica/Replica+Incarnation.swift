public import CRDT

/// A restored or cloned disk must never reuse a dot: its incarnation is closed, and the next one goes on.
///
/// What the closed incarnation wrote on a branch that others do not have is written again under the successor's dots: facts
/// with the identity they were born with, so that they count once; registers, sets and progress with their stamps; its
/// shares of counters and escrows as statements about the closed one. Nothing is lost, nothing is counted twice.
extension Replica {
    /// Whether this replica must open a new incarnation before it may write.
    public var isClosed: Bool { closures[identity.origin] != nil }

    /// The incarnations of this member that are closed, ascending.
    public var closedOrigins: [Origin] {
        closures.keys.filter { $0.member == identity.member }.sorted()
    }

    /// Closes this incarnation and opens the next: after a restore, on a copied disk, when a peer speaks of transactions
    /// under this origin that are not here, or when somebody else closed it.
    ///
    /// - Parameters:
    ///   - incarnation: 40 fresh random bits.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    public func reincarnate(as incarnation: UInt64, at milliseconds: Int64) throws {
        try commit()
        let old = identity.origin
        let next = Identity(chain: identity.chain, member: identity.member, incarnation: incarnation)
        precondition(next.origin != old, "an incarnation is drawn at random")
        try inTransaction { try Meta(connection).write(identity: next, epoch: codec.epoch) }
        identity = next
        let held = scopes.filter { $0.value.head(of: old).point.sequence > 0 }.keys.sorted()
        guard !held.isEmpty else { return }
        try perform(at: milliseconds) { transaction in
            for scope in held {
                let agreed = scopes[scope]?.head(of: old).point.sequence ?? 0
                try transaction.write(SystemRecords.closure(of: old, in: scope)) { record, version in
                    record.assign(
                        .integer(Int64(bitPattern: next.origin.rawValue)), to: SystemRecords.successorSlot, at: version)
                    record.assign(.integer(Int64(agreed)), to: SystemRecords.agreedSlot, at: version)
                }
            }
        }
        needsRecount = true
    }

    /// Takes what a closed incarnation of this member wrote beyond the last point that others know, too, and writes it again
    /// under this incarnation.
    ///
    /// - Parameters:
    ///   - closed: an earlier incarnation of this member.
    ///   - points: what a peer knows of its chain in this scope (`knownPoints`).
    /// - Returns: how many transactions were written again.
    @discardableResult
    public func salvage(_ closed: Origin, in scope: Scope, knownElsewhere points: [ChainPoint]) throws -> UInt64 {
        precondition(closed.member == identity.member && closed != identity.origin, "only one's own past is salvaged")
        guard overlays[scope]?.isPublished != true else { throw ReplicaError.folding(scope: scope) }
        try commit()
        let head = scopes[scope]?.head(of: closed).point ?? Head.none.point
        let own = Set(try knownPoints(of: closed, in: scope))
        let agreed = points.filter { own.contains($0) }.max { $0.sequence < $1.sequence } ?? Head.none.point
        guard agreed.sequence < head.sequence else { return 0 }
        try inTransaction {
            try rewrite(closed, in: scope, beyond: agreed, upTo: head.sequence)
            try saveHeads(of: scope)
        }
        needsRecount = true
        return head.sequence - agreed.sequence
    }

    /// What another replica must be asked for before deltas flow: origins of this member whose chain here may be another than
    /// there.
    ///
    /// - Parameter cut: the peer's.
    /// - Returns: origins of which the peer holds other or later transactions than a writer of them should find.
    public func doubtfulOrigins(in scope: Scope, peer cut: Cut) throws -> [Origin] {
        try cut.points.filter { origin, point in
            guard origin.member == identity.member else { return false }
            let mine = scopes[scope]?.head(of: origin).point ?? Head.none.point
            if mine.sequence == 0 { return origin == identity.origin }
            if point.sequence > mine.sequence { return try !isProven(mine, of: origin, in: scope) }
            return try knownPoints(of: origin, in: scope).first { $0.sequence == point.sequence }?.hash != point.hash
        }.map(\.origin)
    }

    /// Whether the head that is held of an incarnation came from, or was confirmed by, somebody else.
    private func isProven(_ point: ChainPoint, of origin: Origin, in scope: Scope) throws -> Bool {
        let record = try record(SystemRecords.closure(of: origin, in: scope))
        guard case .integer(let agreed)? = record.register(SystemRecords.agreedSlot)?.value else { return false }
        return point.sequence > UInt64(max(0, agreed))
    }

    func loadClosures() throws {
        closures = [:]
        for scope in scopes.keys {
            for key in try keys(of: scope, collection: SystemRecords.closures) {
                guard let closed = SystemRecords.closedOrigin(key),
                    case .integer(let successor)? = try record(key).register(SystemRecords.successorSlot)?.value
                else { continue }
                closures[closed] = Origin(rawValue: UInt64(bitPattern: successor))
            }
        }
    }

    /// Notes that a delta may have brought facts of a closed incarnation that this replica answers for.
    func noteClosed(_ header: DeltaHeader) {
        guard closures.keys.contains(where: { $0.member == identity.member }) else { return }
        if header.cut.points.contains(where: { $0.origin.member == identity.member && $0.origin != identity.origin }) {
            needsRecount = true
        }
    }
}
