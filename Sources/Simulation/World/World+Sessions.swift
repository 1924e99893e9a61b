internal import CRDT
internal import Replica
internal import Sync

/// What programs do: turns of their replicas, sessions, dialling. All that decides is the node's own code.
extension World {
    static let housekeepingMilliseconds: Int64 = 5_000
    /// Of those that share a damaged scope, as at a node.
    private static let askedPeers = 4

    // MARK: Turns

    private func ask(_ request: ReplicaTurns.Request, at node: SimulatedNode) {
        node.program?.waiting.append(request)
        scheduleTurn(at: node)
    }

    private func scheduleTurn(at node: SimulatedNode) {
        guard let program = node.program, !program.isTurnDue else { return }
        program.isTurnDue = true
        schedule(.turn, for: node, at: now + Int64.random(in: beginning.diskDelay, using: &program.random))
    }

    /// The replica serves everything that waits, and whoever is at the till now; what came of it is heard a little later.
    func takeTurn(at node: SimulatedNode, with more: [ReplicaTurns.Request] = []) {
        guard let program = node.program else { return }
        let requests = program.waiting + more
        program.waiting = []
        let outcome = program.turns.serve(requests)
        guard node.disk.isPowered else { return crash(node) }
        program.lastHeard = max(program.lastHeard, now + Int64.random(in: beginning.diskDelay, using: &program.random))
        if !outcome.changed.isEmpty {
            program.unsigned.formUnion(outcome.changed)
            program.upkeep.noteNews()
            for scope in outcome.changed { trace.add(UInt64(scope.rawValue)) }
            if onlooker != nil { showChanges(outcome.changed, by: requests, at: node) }
            observe(.changed(node: node.index, outcome.changed))
        }
        schedule(.hear(outcome), for: node, at: program.lastHeard)
        if program.turns.hasWork { scheduleTurn(at: node) }
    }

    /// Tells the onlooker what is new, and from whom.
    private func showChanges(_ scopes: [Scope], by requests: [ReplicaTurns.Request], at node: SimulatedNode) {
        var bySource: [Int?: Set<Scope>] = [:]
        for request in requests {
            guard case .session(let work) = request.work else { continue }
            bySource[Int(work.peer), default: []].formUnion(Set(work.foldedScopes).intersection(scopes))
        }
        let brought = bySource.values.reduce(into: Set()) { $0.formUnion($1) }
        bySource[nil] = Set(scopes).subtracting(brought)
        for (source, scopes) in bySource.sorted(by: { $0.key ?? -1 < $1.key ?? -1 }) where !scopes.isEmpty {
            onlooker?(.changed(node: node.index, scopes.sorted(), from: source))
        }
    }

    func hear(_ outcome: ReplicaTurns.Outcome, at node: SimulatedNode) {
        guard let program = node.program else { return }
        let moment = moment(of: node)
        if let incarnation = outcome.incarnation {
            program.hub.origin = incarnation.origin
            newIncarnations += 1
        }
        let changed = node.build == .deaf ? [] : outcome.changed
        program.hub.take(outcome.replies.map { ($0.key, $0.answer) }, changed: changed, at: moment)
        if let ailing = outcome.ailing { program.hub.noteAiling(ailing, asking: Self.askedPeers, &program.random, at: moment) }
        if outcome.changed.contains(.chain) { refreshMembers(at: node) }
        if node.index == 0, !unsettled.isEmpty { settleFences() }
    }

    func keepHouse(_ node: SimulatedNode) {
        schedule(.house, for: node, at: now + Self.housekeepingMilliseconds)
        guard let program = node.program else { return }
        let replica = program.turns.replica
        var signed: [SignedCheckpoint] = []
        let scopes = program.unsigned
        let sign = { SimulatedNode.signature(of: $0, by: node.member) }
        let signing = ReplicaTurns.Request(
            .alone { signed = try replica.ownCheckpoints(of: scopes.sorted(), sign: sign) }
        ) { error in if error != nil { program.unsigned.formUnion(scopes) } }
        program.unsigned = []
        let others = [answers(at: node, program), upkeep(at: node, program)]
        let requests = (scopes.isEmpty ? [] : [signing]) + others.compactMap(\.self)
        if !requests.isEmpty { takeTurn(at: node, with: requests) }
        guard node.program === program else { return }
        if !program.ailing.isEmpty {
            program.hub.noteAiling(program.ailing, asking: Self.askedPeers, &program.random, at: moment(of: node))
        }
        if node.build != .deaf { program.hub.tell(signed, butNot: nil, at: moment(of: node)) }
    }

    /// What is done for the replica when nobody asks.
    ///
    /// - Returns: nil if there is nothing to do.
    private func upkeep(at node: SimulatedNode, _ program: SimulatedNode.Program) -> ReplicaTurns.Request? {
        for (peer, held) in program.markedScopes.isEmpty ? [] : program.hub.told { program.told[peer] = held }
        let acknowledged =
            program.markedScopes.isEmpty || node.build == .hoarding
            ? [:] : program.hub.acknowledged(by: nodes.map(\.member), in: program.markedScopes) { program.told[$0] }
        guard program.upkeep.isDue(acknowledged: acknowledged, at: moment(of: node).wall) else { return nil }
        let (replica, wall, isIdle) = (program.turns.replica, moment(of: node).wall, program.waiting.isEmpty)
        return ReplicaTurns.Request(
            .alone {
                let outcome = try program.upkeep.turn(of: replica, acknowledged: acknowledged, isIdle: isIdle, at: wall)
                (program.markedScopes, program.ailing) = (outcome.markedScopes, outcome.ailing)
            }
        ) { [unowned self] error in if let error { note(error, at: node) } }
    }

    // MARK: Dialling

    func dial(_ target: Int, at node: SimulatedNode) {
        guard let program = node.program else { return }
        let hub = program.hub
        let turn = program.dials.turn(
            of: target, hub.access, isConnected: { hub.peers[$0] != nil }, &program.random)
        switch turn {
        case .busy: break
        case .wait(let milliseconds): schedule(.dial(target), for: node, at: now + milliseconds)
        case .dial:
            let id = network.dial(from: node.index, to: program.dials.targets[target].address, at: now)
            program.lines.targets[id] = target
            versions.dialled(program.dials.targets[target].address, by: node, at: now)
        }
    }

    private func redial(
        _ id: SimulatedNetwork.ConnectionID, at node: SimulatedNode, because error: SessionError? = nil
    ) {
        guard let program = node.program, let target = program.lines.targets.removeValue(forKey: id) else { return }
        versions.end(id)
        let wait = program.dials.ended(target, at: now, because: error, &program.random)
        schedule(.dial(target), for: node, at: now + (node.build == .restless ? 500 : wait))
    }

    // MARK: What the network tells

    func report(_ reports: [SimulatedNetwork.Report]) {
        for report in reports where !tellCaller(report) {
            switch report {
            case .opened(let id, let dialler, let listener):
                guard trust(dialler, listener) else {
                    _ = network.tear(id)
                    tell(.failed(id), to: nodes[dialler])
                    continue
                }
                if calls[id] == nil { versions.begin(id, from: nodes[dialler], to: nodes[listener]) }
                let peers = (SimulatedNode.Peer(nodes[dialler]), SimulatedNode.Peer(nodes[listener]))
                if calls[id] == nil { tell(.begun(id, with: peers.1, asInitiator: true), to: nodes[dialler]) }
                tell(.begun(id, with: peers.0, asInitiator: false), to: nodes[listener])
            case .failed(let id, let dialler): tell(.failed(id), to: nodes[dialler])
            case .received(let bytes, let id, let index): tell(.received(bytes, id), to: nodes[index])
            case .drained(let id, let index): tell(.drained(id), to: nodes[index])
            case .closed(let id, let index): tell(.closed(id), to: nodes[index])
            }
        }
    }

    private func tell(_ news: LineNews, to node: SimulatedNode) {
        guard !waits(Due(node: (node.index, node.life), happening: .line(news))) else { return }
        take(news, at: node)
    }

    func take(_ news: LineNews, at node: SimulatedNode) {
        guard let program = node.program else { return }
        let moment = moment(of: node)
        switch news {
        case .begun(let id, let peer, let isInitiator): begin(id, at: node, with: peer, asInitiator: isInitiator)
        case .failed(let id): redial(id, at: node)
        case .received(let bytes, let id):
            guard let key = program.lines.sessions[id] else { return }
            versions.note(bytes.count, on: id, at: node, now)
            bytes.withUnsafeBytes { program.hub.receive($0, on: key, at: moment) }
            carryOut(at: node)
        case .drained(let id):
            guard let key = program.lines.sessions[id] else { return }
            program.hub.noteWritable(true, on: key, at: moment)
            carryOut(at: node)
        case .closed(let id):
            if let key = program.lines.remove(id) { program.hub.lose(key, at: moment) }
            carryOut(at: node)
            redial(id, at: node)
        }
    }

    private func begin(
        _ id: SimulatedNetwork.ConnectionID, at node: SimulatedNode, with peer: SimulatedNode.Peer, asInitiator: Bool
    ) {
        guard let program = node.program else { return }
        let isRefused = program.members.refuses(peer.member, peer.certificate)
        let key = program.hub.begin(
            with: peer.member, asInitiator: asInitiator, refusing: isRefused ? .revoked(member: peer.member) : nil,
            at: moment(of: node))
        program.lines.add(key, id, with: peer)
        carryOut(at: node)
    }

    // MARK: What sessions want

    /// Bytes that wait for a line; more is not made ready.
    private static let sendingLimit = 1 << 18

    func carryOut(at node: SimulatedNode) {
        while let effect = node.program?.hub.takeEffect() { carryOut(effect, at: node) }
    }

    private func carryOut(_ effect: SessionHub.Effect, at node: SimulatedNode) {
        guard let program = node.program else { return }
        switch effect {
        case .send(let bytes, let key):
            guard let id = program.lines.connections[key] else { return }
            let bytes = worded(bytes, on: id, by: node)
            sentBytes += bytes.count
            trace.add(bytes)
            let waiting = network.send(bytes, on: id, by: node.index, at: now) ?? 0
            if waiting > Self.sendingLimit, node.build != .boundless {
                program.hub.noteWritable(false, on: key, at: moment(of: node))
            }
        case .request(let request, let key, let peer): serve(request, for: key, from: peer, at: node)
        case .wake(let key, let time):
            program.wakes[key] = time
            schedule(.wake(key, at: time), for: node, at: time)
        case .opened(let key, let peer):
            onlooker?(.sessionOpened(key, node: node.index, peer: Int(peer)))
            guard let id = program.lines.connections[key], let target = program.lines.targets[id] else { return }
            program.dials.opened(target, at: now)
            if node.build == .restless { program.hub.end(key, because: .finished, at: moment(of: node)) }
        case .suspended(let key, let scope, let error): noteBreach(error, of: scope, on: key, at: node)
        case .measured: break
        case .ended(let key, let peer, let error, let held):
            if let held { program.told[peer] = held }
            noteBreach(error, of: nil, on: key, at: node)
            onlooker?(.sessionEnded(key, node: node.index, peer: Int(peer)))
            program.wakes[key] = nil
            endings[error.name, default: 0] += 1
            guard let id = program.lines.connections[key] else { return }
            _ = program.lines.remove(id)
            network.close(id, by: node.index, at: now)
            redial(id, at: node, because: error)
        }
    }

    private func serve(_ request: SessionRequest, for key: SessionKey, from peer: UInt32, at node: SimulatedNode) {
        guard let program = node.program else { return }
        guard let answer = spooled(request, from: peer, program) else {
            let work = SessionWork(key: key, request: request, peer: peer, milliseconds: moment(of: node).wall)
            return ask(ReplicaTurns.Request(.session(work)), at: node)
        }
        if case .spooled(let scope, let spool?) = answer, spool.isLittle { needlessPieces.append((node.index, scope)) }
        guard node.disk.isPowered else { return crash(node) }
        let time = max(program.lastPieceHeard, now + Int64.random(in: beginning.diskDelay, using: &program.random))
        program.lastPieceHeard = time
        schedule(.hear(ReplicaTurns.Outcome(replies: [SessionReply(key: key, answer: answer)])), for: node, at: time)
    }

    /// Large deltas are read beside the replica's owner.
    private func spooled(_ request: SessionRequest, from peer: UInt32, _ program: SimulatedNode.Program) -> SessionAnswer? {
        do {
            return try program.spools.serve(request, from: peer)
        } catch let error as ReplicaError {
            guard case .spool(let scope, _) = request else { return .failed(SessionError(error)) }
            return .refused([scope: SessionError(error)])
        } catch {
            return .failed(.internalTrouble(reason: "\(error)"))
        }
    }
}

extension Spool {
    /// Whether it would have fit a frame with room to spare.
    fileprivate var isLittle: Bool {
        header.reach == .namedSlots && recordCount <= 8 && pieces.reduce(0) { $0 + $1.byteCount } <= 4_096
    }
}
