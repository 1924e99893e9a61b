internal import Net
internal import Sync

/// One whom this node dials, and keeps dialling.
struct Dial {
    let peer: NodeConfiguration.Peer
    var backOff = BackOff()
    /// A connection is there, or being made.
    var isBusy = false
    /// Why the last attempt failed.
    var failure: CloseReason?

    init(_ peer: NodeConfiguration.Peer) {
        self.peer = peer
    }
}

extension NodeService {
    func dial(_ index: Int) {
        guard !isStopping, !dials[index].isBusy else { return }
        dials[index].isBusy = true
        let peer = dials[index].peer
        let expected = peer.member.map { PeerExpectation(member: $0) }
        let attempt = loop.connect(
            to: .host(peer.address.host, port: peer.address.port), .tls(client, expecting: expected))
        attempts[attempt] = index
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
