internal import Net
internal import Replica
internal import Sync

extension NodeService {
    /// Begins to dial the headquarters that the chain knows of, besides those whom the configuration names.
    func dialHeadquarters() {
        guard configuration.dialsHeadquarters, !isStopping else { return }
        let others = membership.members.compactMap { member in
            member.number != identity.member && membership.access.isHeadquarters(member.number)
                ? member.address.map { (member: member.number, address: $0) } : nil
        }
        for index in dials.learn(others) { dial(index) }
    }

    func dial(_ index: Int) {
        guard !isStopping else { return }
        switch dials.turn(of: index, membership.access, isConnected: { [hub] in hub.peers[$0] != nil }, &random) {
        case .busy: break
        case .wait(let milliseconds): dial(index, after: milliseconds)
        case .dial:
            let target = dials.targets[index]
            let expected = target.member.map { PeerExpectation(member: $0) }
            let attempt = loop.connect(
                to: .host(target.address.host, port: target.address.port), .tls(client, expecting: expected))
            attempts[attempt] = index
        }
    }

    func failed(_ index: Int, _ reason: CloseReason) {
        dialFailures[index] = reason
        log.logOnce(
            .warning, "cannot_connect", about: "\(dials.targets[index].address)",
            ["error": reason.name, "reason": "\(reason)"])
        redial(index)
    }

    /// The connection has ended.
    ///
    /// - Parameter error: why its session has; nil if there was none.
    func redial(_ index: Int, because error: SessionError? = nil) {
        dial(index, after: dials.ended(index, at: now.monotonic, because: error, &random))
    }

    /// Dials at once whom this node waits to dial: what kept them from talking to it may be over.
    func dialNow() {
        for (index, target) in dials.targets.enumerated() where target.member.map({ hub.peers[$0] == nil }) ?? true {
            dial(index)
        }
    }

    private func dial(_ index: Int, after milliseconds: Int64) {
        guard !isStopping else { return }
        loop.after(milliseconds: milliseconds) { [self] in dial(index) }
    }
}
