internal import CRDT
internal import Replica

/// Settling each side's own past, if the other knows another one; then both are ready.
extension Session {
    /// Compares what the other side holds of this member's own transactions.
    mutating func settle() {
        phase = .settling
        opening.settlements += 1
        let cuts = told.mapValues(\.cut).filter { $0.value != opening.standings[$0.key]?.cut }
        requests.append(.settle(Mutants.isOn("past-is-not-compared") ? [:] : cuts, yieldingIn: yieldingScopes(cuts.keys)))
    }

    /// Those in which this side gives way to headquarters if it holds another member's past otherwise: it writes there itself what
    /// headquarters lacks. Of two headquarters the one that is not the registrar does; but what stands in the scope `chain` may be
    /// the registrar's alone.
    private func yieldingScopes(_ scopes: some Sequence<Scope>) -> Set<Scope> {
        let member = parameters.origin.member
        guard access.isHeadquarters(parameters.peer), access.stratum(of: parameters.peer) < access.stratum(of: member) else {
            return []
        }
        return Set(scopes.filter { $0 != .chain && access.mayWrite(member, $0) })
    }

    /// Whether the next session can begin with giving way: if this one has done so, and it did not help, a scope stays left out.
    func mayYield(in scope: Scope) -> Bool { !hasYielded && !yieldingScopes([scope]).isEmpty }

    /// Takes the other side's word for its own transactions, once it has settled its past.
    private mutating func confirm() {
        let confirmed = told.filter { shares($0.key) && $0.value.cut != opening.standings[$0.key]?.cut }
            .compactMapValues { basis -> [ConfirmedPoint]? in
                let points = basis.cut.points.filter { $0.origin.member == parameters.peer }
                return points.isEmpty ? nil : points.map { ConfirmedPoint(origin: $0.origin, point: $0.point) }
            }
        if !confirmed.isEmpty { requests.append(.confirm(confirmed)) }
    }

    /// The other side doubts its own past, or what it holds of another's that headquarters holds, too.
    mutating func answerAsk(_ scope: Scope, _ origin: Origin) throws(SessionError) {
        let mayAsk = origin.member == parameters.peer || access.isHeadquarters(parameters.origin.member)
        guard mayAsk, expects(scope), opening.standings[scope]?.cut[origin] != nil,
            opening.answered.insert(Doubt(scope: scope, origin: origin)).inserted
        else { throw .unexpected(kind: FrameKind.ask.rawValue) }
        requests.append(.knowledge(scope, origin))
    }

    mutating func tell(_ knowledge: ToldKnowledge, of origin: Origin, in scope: Scope) {
        // It goes ahead, if it fits: what is known alone may not be believed.
        if let checkpoint = knowledge.checkpoint, sending.credit > 0 { emit(.checkpoints([checkpoint])) }
        emit(.knowledge(scope, origin, knowledge.chain.tellable))
        opening.repeatedOffers += 1
    }

    mutating func takeProofs(_ checkpoints: [SignedCheckpoint], _ wireBytes: Int) throws(SessionError) {
        for checkpoint in checkpoints {
            let doubt = Doubt(scope: checkpoint.scope, origin: checkpoint.origin)
            guard opening.asked.contains(doubt), opening.proofs.updateValue(checkpoint, forKey: doubt) == nil else {
                throw .unexpected(kind: FrameKind.checkpoints.rawValue)
            }
        }
        spend(wireBytes)
    }

    mutating func takeSettled(
        _ doubts: [Doubt], _ standings: [Scope: Standing], _ refused: [Scope: SessionError], at now: Moment
    ) throws(SessionError) {
        opening.settlements -= 1
        refuse(refused)
        for (scope, standing) in standings where shares(scope) { opening.standings[scope] = standing }
        if !standings.isEmpty {
            offer(standings.filter { shares($0.key) }.sorted { $0.key < $1.key }.map { tell($0.key, $0.value) })
        }
        for doubt in doubts where opening.asked.insert(doubt).inserted {
            emit(.ask(doubt.scope, doubt.origin))
            if doubt.origin.member != parameters.origin.member { hasYielded = true }
        }
        if opening.asked.isEmpty, opening.settlements == 0 { try goOnSettled(at: now) }
    }

    mutating func handle(
        _ scope: Scope, _ origin: Origin, _ knowledge: ChainKnowledge
    ) throws(SessionError) {
        let doubt = Doubt(scope: scope, origin: origin)
        guard opening.asked.remove(doubt) != nil else { throw .unexpected(kind: FrameKind.knowledge.rawValue) }
        opening.settlements += 1
        let told = ToldKnowledge(
            chain: knowledge, checkpoint: opening.proofs.removeValue(forKey: doubt),
            isOfHeadquarters: access.isHeadquarters(parameters.peer))
        requests.append(.settleKnowing(scope, origin, told))
    }

    mutating func goOnSettled(at now: Moment) throws(SessionError) {
        guard !opening.isSettled else { return }
        phase = .settling
        opening.isSettled = true
        if parameters.isInitiator, let hello {
            emit(.ready(echo: hello.time, received: UInt64(clamping: opening.helloTime), time: UInt64(clamping: now.wall)))
        } else {
            emit(.ready(echo: 0, received: 0, time: 0))
        }
        openIfBothAreReady(at: now)
    }

    mutating func handleReady(
        _ echo: UInt64, _ received: UInt64, _ time: UInt64, at now: Moment
    ) throws(SessionError) {
        // Whoever was offered something says more than that before it is ready.
        guard let hello, !opening.peerIsReady, !parameters.isInitiator || phase == .settling, opening.offered.isEmpty,
            !opening.expectsSecondOffer
        else { throw .unexpected(kind: FrameKind.ready.rawValue) }
        opening.peerIsReady = true
        if !parameters.isInitiator {
            clockOffset = ClockOffset(
                sent: times.greetedWall, echo: echo, received: received, answered: time, now: now.wall,
                stratum: hello.stratum)
        }
        if phase == .offering, !parameters.isInitiator {
            // It has found out by this side's sum that all that both want is equal.
            beginEqual()
            try goOnSettled(at: now)
        }
        openIfBothAreReady(at: now)
    }

    private mutating func openIfBothAreReady(at now: Moment) {
        guard opening.isSettled, opening.peerIsReady else { return }
        phase = .open
        if !opening.isEqual {
            confirm()
            for (scope, standing) in opening.standings where shares(scope) && told[scope]?.cut != standing.cut {
                sending.dirty.insert(scope)
            }
        }
        seek()
        beginSearches(at: now)
        sending.staged = opening.staged
        receiving.staged = opening.standings.compactMapValues(\.staged)
        opening = Opening()
        sending.dirty = sending.dirty.filter { shares($0) }
        pump(at: now)
    }

    /// Asks for signatures that were told while no session was open, or were lost with a line: of those whose transactions came by
    /// others, and of the other side for its own.
    private mutating func seek() {
        let sought = opening.standings.sorted { $0.key < $1.key }.flatMap { scope, standing in
            shares(scope) ? standing.sought.map { Doubt(scope: scope, origin: $0) } : []
        }
        // An incarnation that has ended signs no more.
        let doubts = sought.lazy.filter { [hello, peer = parameters.peer] in
            $0.origin.member != peer || $0.origin == hello?.origin
        }.prefix(FrameLimits.checkpoints)
        if !doubts.isEmpty { emit(.seek(Array(doubts))) }
    }
}
