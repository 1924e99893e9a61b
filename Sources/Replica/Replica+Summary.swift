internal import CRDT

/// What two replicas tell each other first: whether they hold the same of a scope, in sixteen bytes.
extension Replica {
    /// A hash over a scope, its cut and its digest: equal where replicas hold the same transactions and the same state.
    ///
    /// It is the first 16 bytes of SHA-256 over the scope's number (a varint), the cut (`Cut.encode`) and the 16 bytes of the
    /// digest, so that whoever was told a cut and a digest computes it, too. A scope of which nothing is held has an empty cut
    /// and a digest of zeros. It stands for what is visible here, committed or not, as `cut(of:)` does.
    ///
    /// - Returns: nil while a large cut is being folded in, because its digest is not known.
    /// - Complexity: constant until something of the scope changes; then, once, linear in the scope's origins.
    public func summary(of scope: Scope) -> Hash128? {
        guard overlays[scope] == nil else { return nil }
        if let known = scopes[scope]?.summary { return known }
        guard let digest = digest(of: scope) else { return nil }
        var content = ByteWriter(reservingCapacity: 256)
        content.write(varint: UInt64(scope.rawValue))
        cut(of: scope).encode(into: &content)
        content.write(hash: Mutants.isOn("summary-leaves-the-digest-out") ? .zero : digest)
        let summary = chainHasher.hash(content.bytes)
        scopes[scope]?.summary = summary
        return summary
    }

    /// A number for the cut of a scope, the first 8 bytes of SHA-256 over the scope's number (a varint) and the cut: by it two
    /// sides see that they stand alike.
    ///
    /// - Complexity: linear in the scope's origins.
    public func mark(of scope: Scope) -> UInt64 {
        var content = ByteWriter(reservingCapacity: 256)
        content.write(varint: UInt64(scope.rawValue))
        cut(of: scope).encode(into: &content)
        return chainHasher.hash(content.bytes).high
    }

    /// The scopes of which a record is set aside, or whose rows do not add up, ascending.
    public var ailingScopes: [Scope] {
        quarantined.isEmpty ? doubtfulScopes.sorted() : doubtfulScopes.union(quarantined.map(\.scope)).sorted()
    }
}
