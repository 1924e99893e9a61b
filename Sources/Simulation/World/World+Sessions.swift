internal import CRDT
internal import Replica
internal import Sync

/// What programs do: turns of their replicas, sessions, dialling. All that decides is the node's own code.
extension World {
    static let housekeepingMilliseconds: Int64 = 5_000

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
    func takeTurn(at node: SimulatedNode, with request: ReplicaTurns.Request? = nil) {
        guard let program = node.program else { return }
        let requests = program.waiting + [request].compactMap(\.self)
        program.waiting = []
        let outcome = program.turns.serve(requests)
        guard node.disk.isPowered else { return crash(node) }
        if !outcome.changed.isEmpty {
            program.unsigned.formUnion(outcome.changed)
            for scope in outcome.changed { trace.add(UInt64(scope.rawValue)) }
            if onlooker != nil { showChanges(outcome.changed, by: requests, at: node) }
            observe(.changed(node: node.index, outcome.changed))
        }
        program.lastHeard = max(program.lastHeard, now + Int64.random(in: beginning.diskDelay, using: &program.random))
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
        program.hub.take(outcome.replies.map { ($0.key, $0.answer) }, changed: outcome.changed, at: moment)
        for scope in outcome.ailing ?? [] { program.hub.noteDamage(of: scope, asking: 4, &program.random, at: moment) }
    }

    func keepHouse(_ node: SimulatedNode) {
        schedule(.house, for: node, at: now + Self.housekeepingMilliseconds)
        guard let program = node.program else { return }
        let replica = program.turns.replica
        program.hub.origin = replica.identity.origin
        var signed: [SignedCheckpoint]?
        let (scopes, request) = (
            program.unsigned,
            ReplicaTurns.Request(
                .alone { [scopes = program.unsigned] in
                    signed = try scopes.sorted().compactMap { scope in
                        try replica.ownCheckpoint(of: scope, sign: SimulatedNode.signature)
                    }
                })
        )
        guard !scopes.isEmpty else { return }
        program.unsigned = []
        takeTurn(at: node, with: request)
        guard let signed else { return program.unsigned.formUnion(scopes) }
        program.hub.tell(signed, butNot: nil, at: moment(of: node))
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
        }
    }

    private func redial(_ id: SimulatedNetwork.ConnectionID, at node: SimulatedNode) {
        guard let program = node.program, let target = program.lines.targets.removeValue(forKey: id) else { return }
        schedule(.dial(target), for: node, at: now + program.dials.ended(target, &program.random))
    }

    // MARK: What the network tells

    func report(_ reports: [SimulatedNetwork.Report]) {
        for report in reports {
            switch report {
            case .opened(let id, let dialler, let listener):
                begin(id, at: nodes[dialler], with: nodes[listener], asInitiator: true)
                begin(id, at: nodes[listener], with: nodes[dialler], asInitiator: false)
            case .failed(let id, let dialler): redial(id, at: nodes[dialler])
            case .received(let bytes, let id, let index):
                let (node, moment) = (nodes[index], moment(of: nodes[index]))
                guard let program = node.program, let key = program.lines.sessions[id] else { continue }
                bytes.withUnsafeBytes { program.hub.receive($0, on: key, at: moment) }
                carryOut(at: node)
            case .drained(let id, let index):
                let node = nodes[index]
                guard let program = node.program, let key = program.lines.sessions[id] else { continue }
                program.hub.noteWritable(true, on: key, at: moment(of: node))
                carryOut(at: node)
            case .closed(let id, let index):
                let node = nodes[index]
                let key = node.program?.lines.remove(id)
                if let key { node.program?.hub.lose(key, at: moment(of: node)) }
                carryOut(at: node)
                redial(id, at: node)
            }
        }
    }

    private func begin(
        _ id: SimulatedNetwork.ConnectionID, at node: SimulatedNode, with peer: SimulatedNode, asInitiator: Bool
    ) {
        guard let program = node.program else { return }
        let key = program.hub.begin(with: peer.member, asInitiator: asInitiator, at: moment(of: node))
        program.lines.add(key, id)
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
            sentBytes += bytes.count
            trace.add(bytes)
            let waiting = network.send(bytes, on: id, by: node.index, at: now) ?? 0
            if waiting > Self.sendingLimit { program.hub.noteWritable(false, on: key, at: moment(of: node)) }
        case .request(let request, let key, let peer): serve(request, for: key, from: peer, at: node)
        case .wake(let key, let time):
            program.wakes[key] = time
            schedule(.wake(key, at: time), for: node, at: time)
        case .opened(let key, let peer):
            onlooker?(.sessionOpened(key, node: node.index, peer: Int(peer)))
            guard let id = program.lines.connections[key], let target = program.lines.targets[id] else { return }
            program.dials.opened(target)
        case .suspended, .measured: break
        case .ended(let key, let peer, let error, _):
            onlooker?(.sessionEnded(key, node: node.index, peer: Int(peer)))
            program.wakes[key] = nil
            endings[error.name, default: 0] += 1
            guard let id = program.lines.connections[key] else { return }
            _ = program.lines.remove(id)
            network.close(id, by: node.index, at: now)
            redial(id, at: node)
        }
    }

    private func serve(_ request: SessionRequest, for key: SessionKey, from peer: UInt32, at node: SimulatedNode) {
        guard let program = node.program else { return }
        guard let answer = spooled(request, program) else {
            let work = SessionWork(key: key, request: request, peer: peer, milliseconds: moment(of: node).wall)
            return ask(ReplicaTurns.Request(.session(work)), at: node)
        }
        guard node.disk.isPowered else { return crash(node) }
        let time = max(program.lastPieceHeard, now + Int64.random(in: beginning.diskDelay, using: &program.random))
        program.lastPieceHeard = time
        schedule(.hear(ReplicaTurns.Outcome(replies: [SessionReply(key: key, answer: answer)])), for: node, at: time)
    }

    /// Large deltas are read beside the replica's owner.
    private func spooled(_ request: SessionRequest, _ program: SimulatedNode.Program) -> SessionAnswer? {
        do {
            return try program.spools.serve(request)
        } catch let error as ReplicaError {
            guard case .spool(let scope, _) = request else { return .failed(SessionError(error)) }
            return .refused([scope: SessionError(error)])
        } catch {
            return .failed(.internalTrouble(reason: "\(error)"))
        }
    }
}
