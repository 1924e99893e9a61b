public import CRDT

/// A restored or cloned disk must never reuse a dot: its incarnation is closed, and the next one goes on.
///
/// What the closed incarnation wrote on a branch that others do not have is written again under the successor's dots: facts
/// with the identity they were born with, so that they count once; registers, sets and progress with their stamps; its
/// shares of counters and escrows as statements about the closed one. Nothing is lost, nothing is counted twice.
extension Replica {
    /// Whether this replica must open a new incarnation before it may write.
    public var isClosed: Bool { closures.contains(identity.origin) }

    /// Whether an incarnation, of whatever member, is known to have ended.
    public func isClosed(_ origin: Origin) -> Bool { closures.contains(origin) }

    /// The incarnations of this member that are closed, ascending.
    public var closedOrigins: [Origin] {
        closures.filter { $0.member == identity.member }.sorted()
    }

    /// Closes this incarnation and opens the next: after a restore, on a copied disk, when a peer speaks of transactions
    /// under this origin that are not here, or when somebody else closed it.
    ///
    /// - Parameters:
    ///   - incarnation: 40 fresh random bits.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    public func reincarnate(as incarnation: UInt64, at milliseconds: Int64) throws {
        try settleRecent()
        let (old, wasCopy) = (identity, isCopy)
        let next = Identity(chain: old.chain, member: old.member, incarnation: incarnation)
        precondition(next.origin != old.origin, "an incarnation is drawn at random")
        do {
            try begin()
            try Meta(connection).write(identity: next, epoch: codec.epoch)
            try Meta(connection).remove(Self.copyName)
            (identity, isCopy) = (next, false)
            try close(old.origin, at: milliseconds)
            try commit()
        } catch {
            (identity, isCopy) = (old, wasCopy)
            try rollBack(after: error)
        }
    }

    /// Says in every scope that an incarnation wrote to that this one goes on in its place.
    private func close(_ closed: Origin, at milliseconds: Int64) throws {
        let held = scopes.compactMap { scope, state in
            let last = state.head(of: closed).point.sequence
            return last > 0 ? (scope: scope, last: last) : nil
        }.sorted { $0.scope < $1.scope }
        for (scope, last) in held {
            try setWritten(last, by: closed, in: scope)
        }
        guard !held.isEmpty else { return }
        try noteRecount()
        let successor = Int64(bitPattern: identity.origin.rawValue)
        try apply(at: milliseconds) { transaction in
            for (scope, last) in held {
                try transaction.write(SystemRecords.closure(of: closed, in: scope)) { record, version in
                    record.assign(.integer(successor), to: SystemRecords.successorSlot, at: version)
                    record.assign(.integer(Int64(last)), to: SystemRecords.lastSlot, at: version)
                }
            }
        }
    }

    /// Takes what a closed incarnation of this member wrote beyond the last point that others know, too, and writes it again
    /// under this incarnation.
    ///
    /// - Parameters:
    ///   - closed: an earlier incarnation of this member.
    ///   - peer: what a peer knows of its chain in this scope.
    /// - Returns: how many transactions were written again.
    @discardableResult
    public func salvage(_ closed: Origin, in scope: Scope, knownElsewhere peer: ChainKnowledge) throws -> UInt64 {
        precondition(closed.member == identity.member && closed != identity.origin, "only one's own past is salvaged")
        guard overlays[scope] == nil else { throw ReplicaError.folding(scope: scope) }
        try settleRecent()
        let head = scopes[scope]?.head(of: closed).point ?? Head.none.point
        let mine = try knowledge(of: closed, in: scope)
        let own = Mutants.isOn("nobody-knows-what-was-written-since") ? nil : run
        let agreed = mine.agreement(with: peer, writtenUnder: own) ?? Head.none.point
        guard agreed.sequence < head.sequence, !Mutants.isOn("branch-is-not-salvaged") else {
            try inTransaction { try setProven(closed, in: scope) }
            return 0
        }
        try inTransaction {
            try setProven(closed, in: scope)
            try noteRecount()
            try rewrite(closed, in: scope, beyond: agreed, upTo: head.sequence)
        }
        return head.sequence - agreed.sequence
    }

    /// Settles this member's own past with a peer, before deltas flow either way: if the peer speaks of transactions under
    /// this incarnation that are not here, it is closed; and what was written on a branch that the peer does not know is
    /// written again.
    ///
    /// - Parameters:
    ///   - cut: the peer's, of this scope.
    ///   - incarnation: 40 fresh random bits, used if this incarnation must be closed.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    ///   - knowledge: what the peer knows of an origin's chain in this scope; asked only when there is doubt.
    /// - Returns: whether anything was closed or written again.
    @discardableResult
    public func settlePast(
        in scope: Scope, peer cut: Cut, incarnation: UInt64, at milliseconds: Int64,
        knowledge: (Origin) throws -> ChainKnowledge
    ) throws -> Bool {
        let doubtful = try doubts(in: scope, peer: cut)
        for origin in doubtful {
            try settle(
                origin, in: scope, knownElsewhere: try knowledge(origin), incarnation: incarnation, at: milliseconds)
        }
        return !doubtful.isEmpty
    }

    /// Which of this member's incarnations a peer may know another history of: their past must be settled before deltas flow.
    ///
    /// - Parameter cut: the peer's, of this scope.
    public func doubts(in scope: Scope, peer cut: Cut) throws -> [Origin] {
        try cut.points.filter { $0.origin.member == identity.member }
            .filter { try isDoubtful($0.origin, in: scope, peer: $0.point) }.map(\.origin)
    }

    /// Whether a point that somebody tells of this incarnation's chain does not lie on the chain that is held here: it is ahead
    /// of it, or its hash is another, or nothing is known here to compare it with.
    public func isContradicted(by point: ChainPoint, in scope: Scope) throws -> Bool {
        guard point.sequence > 0 else { return false }
        let mine = scopes[scope]?.head(of: identity.origin).point ?? Head.none.point
        guard point.sequence <= mine.sequence else { return true }
        return try knownHash(of: identity.origin, at: point.sequence, in: scope) != point.hash
    }

    /// Settles the past of one incarnation that is in doubt. The present one goes on if what the peer knows is a part of its
    /// chain after all: one wrong word, in the peer's cut, closes nothing.
    ///
    /// - Parameters:
    ///   - knowledge: what the peer knows of its chain in this scope.
    ///   - incarnation: 40 fresh random bits, used if this incarnation must be closed.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    public func settle(
        _ origin: Origin, in scope: Scope, knownElsewhere knowledge: ChainKnowledge, incarnation: UInt64,
        at milliseconds: Int64
    ) throws {
        if origin == identity.origin {
            guard try isContradicted(by: knowledge.end, in: scope), !Mutants.isOn("restored-disk-goes-on") else { return }
            try reincarnate(as: incarnation, at: milliseconds)
        }
        try salvage(origin, in: scope, knownElsewhere: knowledge)
    }

    /// Whether what a peer holds of one of this member's incarnations may be another chain than ours.
    private func isDoubtful(_ origin: Origin, in scope: Scope, peer point: ChainPoint) throws -> Bool {
        let mine = scopes[scope]?.head(of: origin).point ?? Head.none.point
        if origin == identity.origin, point.sequence > mine.sequence { return !Mutants.isOn("peers-lead-raises-no-doubt") }
        if try mine.sequence == 0 || isProven(origin, in: scope) { return false }
        guard point != mine else { return false }
        guard point.sequence < mine.sequence else { return true }
        return try hash(of: origin, at: point.sequence, in: scope) != point.hash
    }

    /// Whether somebody else has confirmed what is held of a closed incarnation: it was compared with a peer's chain, or more
    /// of it than was written here came by a delta.
    private func isProven(_ origin: Origin, in scope: Scope) throws -> Bool {
        if origin == identity.origin { return false }
        if try Meta(connection).get(provenName(origin, scope)) != nil { return true }
        return vector(of: scope).sequence(of: origin) > (try written(by: origin, in: scope))
    }

    /// Up to where a closed incarnation's transactions were written by this file, and not by another copy of it.
    private func written(by closed: Origin, in scope: Scope) throws -> UInt64 {
        guard let bytes = try Meta(connection).get(writtenName(closed, scope)) else { return 0 }
        return try bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            return try reader.readVarint()
        }
    }

    private func setWritten(_ sequence: UInt64, by closed: Origin, in scope: Scope) throws {
        var writer = ByteWriter()
        writer.write(varint: sequence)
        try Meta(connection).set(writtenName(closed, scope), writer.bytes)
    }

    private func writtenName(_ origin: Origin, _ scope: Scope) -> String {
        "written \(scope) \(origin.rawValue)"
    }

    private func setProven(_ origin: Origin, in scope: Scope) throws {
        try Meta(connection).set(provenName(origin, scope), [1])
    }

    private func provenName(_ origin: Origin, _ scope: Scope) -> String {
        "proven \(scope) \(origin.rawValue)"
    }

    func loadClosures() throws {
        (closures, adopted) = ([], [])
        for scope in scopes.keys.sorted() {
            for key in try keys(of: scope, collection: SystemRecords.closures) {
                guard let closed = SystemRecords.closedOrigin(key) else { continue }
                guard let successor = try systemRecord(key)?.register(SystemRecords.successorSlot)?.value else { continue }
                closures.insert(closed)
                if isAdopted(closed, by: successor) { adopted.insert(closed) }
            }
        }
        // A closure that cannot be read still says by its key that something was closed.
        for key in quarantined where key.collection == SystemRecords.closures {
            if let closed = SystemRecords.closedOrigin(key) { closures.insert(closed) }
        }
    }

    /// One of the engine's own records. If its row is damaged it is set aside like any other, and nothing else has to wait.
    ///
    /// - Returns: nil if it cannot be read.
    func systemRecord(_ key: RecordKey) throws -> Record? {
        do {
            return try record(key)
        } catch ReplicaError.damagedRow {
            quarantined.insert(key)
            return nil
        } catch ReplicaError.quarantined {
            return nil
        }
    }

    /// Notes that a delta may have brought facts of a closed incarnation that this replica answers for.
    func noteClosed(_ header: DeltaHeader) throws {
        if Mutants.isOn("late-facts-are-not-recounted") { return }
        // What a lost member's successor writes again, it recounts itself.
        let hasNews = header.cut.points.contains { origin, point in
            adopted.contains(origin) && point != header.base[origin]
        }
        if hasNews { try noteRecount() }
        guard closures.contains(where: { $0.member == identity.member }) else { return }
        if header.cut.points.contains(where: { $0.origin.member == identity.member && $0.origin != identity.origin }) {
            try noteRecount()
        }
    }

    /// Notes, with whatever is being committed, that a recount is due.
    func noteRecount() throws {
        guard !needsRecount else { return }
        try Meta(connection).set(Self.recountName, [1])
        needsRecount = true
    }

    static var copyName: String { "copied" }
    static var recountName: String { "recount" }
}
