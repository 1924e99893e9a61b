internal import Net
internal import Replica
internal import Sync

/// What is damaged here, and whom it is fetched from.
extension NodeService {
    /// So many of the peers that share a scope are asked for what is damaged in it, every few seconds others.
    private static let askedPeers = 4

    /// Learns in which scopes records are set aside, or rows do not add up, and lets a few sessions look for what is missing.
    func note(ailing scopes: [Scope]) {
        if scopes != ailing {
            for scope in Set(ailing).subtracting(scopes).sorted() { log.log(.info, "mended", ["scope": "\(scope)"]) }
            for scope in Set(scopes).subtracting(ailing).sorted() {
                log.logOnce(.error, "damaged", about: "\(scope)", ["until": "another node brings it back"])
            }
            ailing = scopes
        }
        hub.noteAiling(scopes, asking: Self.askedPeers, &random, at: now)
        carryOut()
    }

    /// Whoever reads beside the owner has met a row that cannot be read.
    static func setAside(_ key: RecordKey, at owner: ReplicaOwner) {
        owner.access({ _ = try $0.replica.quarantineIfDamaged(key) }, then: { _ in })
    }
}
