public import CRDT

/// Each origin signs where its chain stands, and everybody keeps the newest word of each, so that relays can show it.
///
/// There is one a scope and origin, never beyond what is held here, and always one with which this replica's own chain agrees.
/// They are durable with the next `commit`: who loses one is told it again.
extension Replica {
    /// Signs where this replica's own chain stands in each of these scopes, and keeps that.
    ///
    /// What was applied is committed first: no word is given for what a power cut could take back.
    ///
    /// - Parameter sign: makes a signature of 1 to `SignedCheckpoint.signatureLimit` bytes.
    /// - Returns: by the order of the scopes; none where nothing own is held, or the one that is kept stands at the head.
    public func ownCheckpoints(
        of scopes: some Sequence<Scope>, sign: (_ message: [UInt8]) throws -> [UInt8]
    ) throws -> [SignedCheckpoint] {
        try commitWork()
        guard !isClosed, !isCopy else { throw ReplicaError.incarnationClosed(identity.origin) }
        return try scopes.compactMap { try ownCheckpoint(of: $0, sign) }
    }

    private func ownCheckpoint(
        of scope: Scope, _ sign: (_ message: [UInt8]) throws -> [UInt8]
    ) throws -> SignedCheckpoint? {
        let origin = identity.origin
        guard let state = scopes[scope], state.head(of: origin).point.sequence > 0 else { return nil }
        let point = state.head(of: origin).point
        guard state.checkpoints[origin]?.point != point else { return nil }
        let signature = try sign(
            SignedCheckpoint.message(chain: identity.chain, scope: scope, origin: origin, point: point))
        precondition((1...SignedCheckpoint.signatureLimit).contains(signature.count), "a signature is within its limit")
        let checkpoint = SignedCheckpoint(scope: scope, origin: origin, point: point, signature: signature)
        try inOpenTransaction { try save(checkpoint) }
        return checkpoint
    }

    /// Takes a checkpoint that somebody told, and keeps it if it is news; the marks that it vouches for go.
    ///
    /// - Parameter verify: whether a signature over a message is that of the checkpoint's origin. Not asked about what is known.
    /// - Throws: `ReplicaError.badSignature`; `ReplicaError.forked` if this replica's own hash is another there, and
    ///   `ReplicaError.forkProven` if the origin itself has signed another.
    @discardableResult
    public func keep(
        _ checkpoint: SignedCheckpoint, verify: (_ message: [UInt8], _ signature: [UInt8]) -> Bool
    ) throws -> CheckpointStanding {
        try refresh()
        let (scope, origin, point) = (checkpoint.scope, checkpoint.origin, checkpoint.point)
        let kept = scopes[scope]?.checkpoints[origin]
        if let kept, point.sequence <= kept.point.sequence {
            let isKept = point.sequence == kept.point.sequence
            let hash = isKept ? kept.point.hash : try knownHash(of: origin, at: point.sequence, in: scope)
            if hash ?? point.hash == point.hash { return .known }
        }
        let message = SignedCheckpoint.message(chain: identity.chain, scope: scope, origin: origin, point: point)
        guard point.sequence > 0, checkpoint.signature.count <= SignedCheckpoint.signatureLimit,
            verify(message, checkpoint.signature) || Mutants.isOn("signature-is-not-checked")
        else {
            throw ReplicaError.badSignature(scope: scope, origin: origin, sequence: point.sequence)
        }
        if let kept, kept.point.sequence == point.sequence { throw ReplicaError.forkProven(kept, checkpoint) }
        guard point.sequence <= vector(of: scope).sequence(of: origin) else { return .ahead }
        guard try agrees(point, of: origin, in: scope) else { return .untold }
        try inOpenTransaction {
            try save(checkpoint)
            try noteConfirmed(point.sequence, of: origin, in: scope)
        }
        return .news
    }

    /// The newest checkpoint of each origin, ascending by origin.
    ///
    /// - Parameter vector: up to where whoever is to be told has heard the origins' checkpoints; those are left out.
    public func checkpoints(of scope: Scope, beyond vector: VersionVector = VersionVector()) -> [SignedCheckpoint] {
        (scopes[scope]?.checkpoints.values.map(\.self) ?? [])
            .filter { $0.point.sequence > vector.sequence(of: $0.origin) }.sorted { $0.origin < $1.origin }
    }

    /// The newest checkpoint of an origin; nil if none is kept.
    public func checkpoint(of origin: Origin, in scope: Scope) -> SignedCheckpoint? { scopes[scope]?.checkpoints[origin] }

    /// The incarnations of a member of whose last transaction here no signature has come, ascending.
    public func unsignedOrigins(of member: UInt32, in scope: Scope) -> [Origin] {
        guard let state = scopes[scope] else { return [] }
        return state.cut.points.filter { origin, point in
            origin.member == member && (state.checkpoints[origin]?.point.sequence ?? 0) < point.sequence
        }.map(\.origin)
    }

    /// Forgets what an origin's chain was beyond a point: its transactions there are written under another name now.
    func forgetChain(of origin: Origin, in scope: Scope, beyond sequence: UInt64) throws {
        guard let state = scopes[scope] else { return }
        if let kept = state.checkpoints[origin], kept.point.sequence > sequence {
            state.checkpoints[origin] = nil
            try Meta(connection).remove(checkpointName(kept))
        }
        guard state.provenance.doubts(origin) else { return }
        state.provenance.lower(origin, to: sequence)
        try saveProvenance(of: scope)
    }

    func loadCheckpoints() throws {
        try Meta(connection).scan(Self.checkpointPrefix) { reader throws(CodecError) in
            let checkpoint = try SignedCheckpoint(decoding: &reader)
            try reader.expectEnd()
            scopes[checkpoint.scope]?.checkpoints[checkpoint.origin] = checkpoint
        }
    }

    private func save(_ checkpoint: SignedCheckpoint) throws {
        var writer = ByteWriter(reservingCapacity: 128)
        checkpoint.encode(into: &writer)
        try Meta(connection).set(checkpointName(checkpoint), writer.bytes)
        scopes[checkpoint.scope]?.checkpoints[checkpoint.origin] = checkpoint
    }

    private func checkpointName(_ checkpoint: SignedCheckpoint) -> String {
        "\(Self.checkpointPrefix)\(checkpoint.scope.rawValue) \(checkpoint.origin.rawValue)"
    }

    private static var checkpointPrefix: String { "checkpoint " }
}
