internal import Replica
internal import Sync

/// What a program has found in what another one said, and no program that keeps to the protocol says.
struct Breach: Sendable {
    /// Who has found it, and in whose words.
    let node: Int
    let peer: UInt32
    /// Left out of the session for that; nil if the session has ended.
    let scope: Scope?
    let error: SessionError
}

extension World {
    /// Notes why a session ends, or leaves a scope out, if that is a breach of the protocol.
    func noteBreach(_ error: SessionError, of scope: Scope?, on key: SessionKey, at node: SimulatedNode) {
        guard error.isBreach, let peer = program(on: key, at: node) else { return }
        // A disk that fails, and rows that are damaged, keep programs from what they should do.
        let isHarmed = nodes.contains { $0.isDiskTroubled || $0.hasRot }
        guard !isHarmed else { return }
        breaches.append(Breach(node: node.index, peer: peer, scope: scope, error: error))
    }

    /// Whose program is on the other side; nil if it is somebody with a stolen certificate, who may say anything.
    private func program(on key: SessionKey, at node: SimulatedNode) -> UInt32? {
        guard let lines = node.program?.lines, let id = lines.connections[key], calls[id] == nil else { return nil }
        return lines.peers[key]?.member
    }
}

extension SessionError {
    fileprivate var isBreach: Bool {
        switch self {
        case .otherChain, .malformed, .oversized, .unexpected, .impostor, .notPermitted, .creditExceeded, .flooded,
            .refused, .internalTrouble:
            true
        // What programs of several versions say to each other is `VersionsApart`'s.
        case .version, .finished, .revoked, .invented, .forked, .unequal, .timedOut, .superseded, .overloaded, .ended, .lost:
            false
        }
    }
}
