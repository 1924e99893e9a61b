public import CRDT

/// What came by others than its origin is marked, durably, until the origin vouches for it.
///
/// A relay can lie about another's transactions. So whoever calls says which member a delta came from, as the connection has
/// proved it; news of other members' origins are marked then. The origin vouches by a point of its chain, in its own cut or in
/// a checkpoint that it signed. A hash that agrees vouches for everything before it, as the chain does; it does not prove each
/// cell: for that, digests are compared at equal cuts.
extension Replica {
    /// The scopes in which something is marked, with what is, ascending by origin and sequence.
    public var relayed: [Scope: [RelayedSpan]] {
        scopes.filter { !$0.value.provenance.isEmpty }.mapValues { state in
            state.provenance.spans { state.vector.sequence(of: $0) }
        }
    }

    /// Whose transactions are marked in a scope, ascending.
    public func relayedOrigins(in scope: Scope) -> [Origin] { scopes[scope]?.provenance.doubtedOrigins ?? [] }

    /// Takes an origin's own word for its chain, and the marks up to there away.
    ///
    /// It is durable with the next `commit`, so that many words cost one; what a power cut takes back is marked again.
    ///
    /// - Parameter point: by the origin's member, as its connection or its signature has proved.
    /// - Returns: whether the hash is known here and the same; false says nothing, because more is named than is held here, or
    ///   the hash there is not known any more.
    /// - Throws: `ReplicaError.forked` if the hash here is another.
    @discardableResult
    public func confirm(_ point: ChainPoint, of origin: Origin, in scope: Scope) throws -> Bool {
        try refresh()
        guard try agrees(point, of: origin, in: scope) else { return false }
        guard scopes[scope]?.provenance.doubts(origin) == true else { return true }
        try inOpenTransaction { try noteConfirmed(point.sequence, of: origin, in: scope) }
        return true
    }

    /// Whether an origin's hash is known here at a point, and the same.
    func agrees(_ point: ChainPoint, of origin: Origin, in scope: Scope) throws -> Bool {
        guard point.sequence > 0, let hash = try knownHash(of: origin, at: point.sequence, in: scope) else { return false }
        guard hash == point.hash else {
            throw forked(origin, at: point.sequence, in: scope)
        }
        return true
    }

    func noteConfirmed(_ sequence: UInt64, of origin: Origin, in scope: Scope) throws {
        guard let state = scopes[scope] else { return }
        let head = state.vector.sequence(of: origin)
        if state.provenance.confirm(origin, upTo: sequence, head: head) { try saveProvenance(of: scope) }
    }

    /// Notes by whom a cut's news came, before its points become this replica's.
    ///
    /// - Parameter member: nil if nobody can have changed them on the way: replicas of one process, or a file that a person
    ///   brought and answers for.
    func noteProvenance(of header: DeltaHeader, from member: UInt32?) throws {
        let state = changing(header.scope)
        guard member != nil || !state.provenance.isEmpty else { return }
        var hasChanged = false
        for (origin, point) in header.cut.points {
            let mine = state.vector.sequence(of: origin)
            let isDirect = member == origin.member || Mutants.isOn("relays-word-is-the-origins")
            if isDirect, state.provenance.doubts(origin) {
                for told in [header.base[origin], point].compactMap(\.self) where told.sequence <= mine {
                    guard try agrees(told, of: origin, in: header.scope) else { continue }
                    if state.provenance.confirm(origin, upTo: told.sequence, head: mine) { hasChanged = true }
                }
            }
            guard point.sequence > mine else { continue }
            if state.provenance.note(origin, beyond: mine, via: isDirect ? nil : member) { hasChanged = true }
        }
        if hasChanged { try saveProvenance(of: header.scope) }
    }

    func loadProvenance() throws {
        try Meta(connection).scan(Self.provenancePrefix) { reader throws(CodecError) in
            let scope = try reader.readScope()
            scopes[scope]?.provenance = try Provenance(decoding: &reader)
        }
    }

    func saveProvenance(of scope: Scope) throws {
        guard let provenance = scopes[scope]?.provenance else { return }
        let name = Self.provenancePrefix + String(scope.rawValue)
        if provenance.isEmpty {
            try Meta(connection).remove(name)
        } else {
            try Meta(connection).set(name, provenance.value(of: scope))
        }
    }

    private static var provenancePrefix: String { "relayed " }
}
