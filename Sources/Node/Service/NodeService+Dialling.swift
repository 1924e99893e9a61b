internal import Net
internal import Replica
internal import Sync

/// One whom this node dials, and keeps dialling.
struct Dial {
    var peer: NodeConfiguration.Peer
    var backOff = BackOff()
    /// A connection is there, or being made.
    var isBusy = false
    /// Why the last attempt failed.
    var failure: CloseReason?
    /// The chain told of it, and not the configuration.
    let isFromChain: Bool

    init(_ peer: NodeConfiguration.Peer, isFromChain: Bool = false) {
        self.peer = peer
        self.isFromChain = isFromChain
    }
}

extension NodeService {
    /// Begins to dial the headquarters that the chain knows of, besides those whom the configuration names.
    func dialHeadquarters() {
        guard configuration.dialsHeadquarters, !isStopping else { return }
        for member in membership.members where membership.access.isHeadquarters(member.number) {
            guard let address = member.address, member.number != identity.member else { continue }
            if let index = dials.firstIndex(where: { $0.peer.member == member.number }) {
                if dials[index].isFromChain { dials[index].peer.address = address }
                continue
            }
            dials.append(Dial(.init(address: address, member: member.number), isFromChain: true))
            dial(dials.count - 1)
        }
    }

    func dial(_ index: Int) {
        guard !isStopping, !dials[index].isBusy else { return }
        if dials[index].isFromChain, !isWorthDialling(index) { return redialLater(index) }
        dials[index].isBusy = true
        let peer = dials[index].peer
        let expected = peer.member.map { PeerExpectation(member: $0) }
        let attempt = loop.connect(
            to: .host(peer.address.host, port: peer.address.port), .tls(client, expecting: expected))
        attempts[attempt] = index
    }

    /// Whoever has dialled this node already need not be dialled, and whoever may not sync must not.
    private func isWorthDialling(_ index: Int) -> Bool {
        guard let member = dials[index].peer.member else { return true }
        return byMember[member] == nil && !membership.access[member].isRevoked
    }

    func failed(_ index: Int, _ reason: CloseReason) {
        dials[index].isBusy = false
        dials[index].failure = reason
        log.logOnce(
            .warning, "cannot_connect", about: "\(dials[index].peer.address)",
            ["error": reason.name, "reason": "\(reason)"])
        redialLater(index)
    }

    /// The connection has ended.
    func redial(_ index: Int, afterSuccess wasOpen: Bool) {
        dials[index].isBusy = false
        if wasOpen { dials[index].backOff.succeed() }
        redialLater(index)
    }

    private func redialLater(_ index: Int) {
        guard !isStopping else { return }
        let wait = dials[index].backOff.fail(&random)
        loop.after(milliseconds: wait) { [self] in dial(index) }
    }
}
