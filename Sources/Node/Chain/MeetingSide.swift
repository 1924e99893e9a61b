internal import CRDT
internal import Replica

/// One replica's part in a meeting of two, step by step: settle the past, say what is missing, give what the other lacks,
/// mend what is damaged.
///
/// What the other says comes as plain values, so it may be in this process or at the end of a wire.
struct MeetingSide {
    let directory: ReplicaDirectory

    private var replica: Replica { directory.replica }

    /// What it tells the other first: how far it holds every scope.
    var cuts: [Scope: Cut] {
        Dictionary(uniqueKeysWithValues: replica.heldScopes.map { ($0, replica.cut(of: $0)) })
    }

    /// Settles this member's own past with what the other holds of it, before a delta flows either way: a branch that the
    /// other does not have is written again under a new incarnation, so that none of it is lost under numbers that have been
    /// used twice.
    ///
    /// - Parameters:
    ///   - peer: the other's cuts.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    ///   - knowledge: what the other knows of an origin's chain in a scope; asked only when there is doubt.
    /// - Returns: whether this side's cuts are others now.
    func settlePast(
        with peer: [Scope: Cut], at milliseconds: Int64, knowledge: (Scope, Origin) throws -> ChainKnowledge
    ) throws -> Bool {
        var hasChanged = false
        for (scope, cut) in peer.sorted(by: { $0.key < $1.key })
        where cut.points.contains(where: { $0.origin.member == directory.card.member }) {
            var random = SystemRandomNumberGenerator()
            let isSettledNow = try replica.settlePast(
                in: scope, peer: cut, incarnation: random.next(), at: milliseconds
            ) { try knowledge(scope, $0) }
            if isSettledNow { hasChanged = true }
        }
        return hasChanged
    }

    /// What the other is asked about an origin.
    func knowledge(_ scope: Scope, _ origin: Origin) throws -> ChainKnowledge {
        try replica.knowledge(of: origin, in: scope)
    }

    /// What it asks the other for: the scopes of which the other holds something that is missing here, and how far each is
    /// held here.
    ///
    /// - Parameter peer: the other's cuts.
    func requests(to peer: [Scope: Cut]) -> [Scope: Cut] {
        var requests: [Scope: Cut] = [:]
        for (scope, cut) in peer where directory.wants(scope) && !replica.vector(of: scope).covers(cut.vector) {
            requests[scope] = replica.cut(of: scope)
        }
        return requests
    }

    /// What the other lacks of a scope that it asked for.
    ///
    /// - Parameter cut: the other's, of the scope.
    /// - Returns: nil if it lacks nothing, or would need a record that is set aside here.
    /// - Throws: `ReplicaError.forked` if both know different histories of an origin.
    func extraction(_ scope: Scope, for cut: Cut) throws -> Extraction? {
        guard let extraction = try replica.extraction(scope, for: cut) else { return nil }
        return replica.quarantinedKeys.contains(where: Set(extraction.keys).contains) ? nil : extraction
    }

    /// A record as one side holds it, for the other to mend its own.
    struct MendingAnswer {
        let cells: [Cell]
        let cut: Cut
        let digest: Hash128
    }

    /// What it can tell about a record that is damaged at the other; nil if it does not hold the scope, or has the same
    /// trouble.
    func mendingAnswer(for key: RecordKey) throws -> MendingAnswer? {
        guard replica.heldScopes.contains(key.scope), let digest = replica.digest(of: key.scope),
            !replica.quarantinedKeys.contains(key)
        else { return nil }
        return MendingAnswer(cells: try replica.record(key).cells, cut: replica.cut(of: key.scope), digest: digest)
    }

    /// Puts a damaged record back, if the other's answer tells all of it: because both hold exactly as much, or because only
    /// this member's own movements are missing there, which are counted again from their facts.
    ///
    /// - Returns: whether it is whole again.
    func mend(_ key: RecordKey, with answer: MendingAnswer, at milliseconds: Int64) throws -> Bool {
        if replica.cut(of: key.scope) == answer.cut {
            _ = try replica.mend(key, with: answer.cells, peerDigest: answer.digest)
            return true
        }
        do {
            return try replica.mendCounters(of: key, with: answer.cells, peer: answer.cut, at: milliseconds)
        } catch ReplicaError.quarantined {
            // The facts must be mended first.
            return false
        }
    }
}
