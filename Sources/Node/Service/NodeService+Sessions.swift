internal import CRDT
internal import Foundation
internal import Net
internal import Replica
internal import Sync

/// Sessions on the loop's thread: bytes in, bytes and requests out. What they decide among themselves the hub decides.
extension NodeService {
    /// A connection of the sync protocol is there.
    func beginSession(on connection: ConnectionID, _ opening: Opening, with peer: PeerIdentity, dial: Int?) {
        let refusal = membership.refusal(of: peer)
        if let refusal {
            log.logOnce(.warning, "refused", about: "member \(peer.member)", ["reason": "\(refusal)"])
        }
        let key = hub.begin(
            with: peer.member, asInitiator: opening.isInitiator, refusing: refusal.map { _ in .revoked(member: peer.member) },
            at: now)
        lines[key] = SessionLine(on: connection, peer, at: opening.remote, dial: dial, began: now.wall)
        byConnection[connection] = key
        carryOut()
    }

    func receive(_ bytes: RawSpan, on key: SessionKey) {
        let moment = now
        bytes.withUnsafeBytes { hub.receive($0, on: key, at: moment) }
        carryOut()
    }

    /// Takes what the replica's owner or the spools' keeper answered, and which scopes hold something new.
    func take(_ replies: [SessionReply], _ changed: [Scope]) {
        unsigned.formUnion(changed)
        if !changed.isEmpty { hasChanged = true }
        hub.take(replies.map { ($0.key, $0.answer) }, changed: changed, at: now)
        carryOut()
        if changed.contains(.chain) {
            refreshMembership()
            acknowledgeFences()
        }
    }

    /// Does what the sessions want.
    func carryOut() {
        while let effect = hub.takeEffect() {
            switch effect {
            case .send(let bytes, let key): send(bytes, key)
            case .request(let request, let key, let peer): serve(request, key, peer)
            case .wake(let key, let time): wake(key, at: time)
            case .opened(let key, let peer): noteOpen(key, peer)
            case .suspended(let key, let scope, let error): noteSuspension(key, scope, error)
            case .measured(_, let peer, let offset): learnClock(offset, from: peer)
            case .ended(let key, let peer, let error, let held): noteEnd(key, peer, error, held)
            }
        }
    }

    private func send(_ bytes: [UInt8], _ key: SessionKey) {
        guard let line = lines[key], let waiting = loop.send(bytes, on: line.connection), waiting > Self.sendingLimit
        else { return }
        hub.noteWritable(false, on: key, at: now)
        // Whoever does not take its answers is not listened to.
        loop.pauseReading(line.connection)
        if waiting > Self.waitingLimit { hub.end(key, because: .overloaded, at: now) }
    }

    /// Bytes that wait for a line; more is not made ready. Beyond the second bound the other side does not take its answers.
    private static let sendingLimit = 1 << 18
    private static let waitingLimit = 1 << 24

    private func serve(_ request: SessionRequest, _ key: SessionKey, _ peer: UInt32) {
        switch request {
        case .spool(let scope, let cut): spools.make(for: key, scope, cut)
        case .piece(let id, let index): spools.read(for: key, id, index)
        case .forget(let id): spools.forget(for: key, id)
        case .examine(let turn, let member): comparer.examine(turn, for: key, from: member)
        default: _ = owner.serve(SessionWork(key: key, request: request, peer: peer, milliseconds: now.wall))
        }
    }

    private func wake(_ key: SessionKey, at time: Int64) {
        guard let line = lines[key] else { return }
        if let timer = line.timer { loop.cancel(timer) }
        line.timer = loop.after(milliseconds: max(0, time - now.monotonic)) { [self] in
            lines[key]?.timer = nil
            hub.tick(key, at: now)
            carryOut()
        }
    }

    /// The connection is gone.
    func lose(_ key: SessionKey, _ reason: CloseReason) {
        guard let line = lines[key] else { return }
        line.loss = reason
        hub.lose(key, at: now)
        carryOut()
        lines[key] = nil
        byConnection[line.connection] = nil
        if let dial = line.dial { redial(dial, because: line.end) }
    }

    /// Follows the clock of a headquarters, once for each time that it was measured.
    private func learnClock(_ offset: ClockOffset, from member: UInt32) {
        let access = membership.access
        // It says itself how far it is from the registrar's clock, and that is believed where it makes it farther.
        let stratum = max(access.stratum(of: member), offset.stratum)
        guard access.isHeadquarters(member), clock.learn(offset, of: stratum, own: access.stratum(of: identity.member))
        else { return }
        log.logOnce(
            .warning, "clock_corrected", about: "clock",
            ["by_milliseconds": String(offset.milliseconds), "in_all": String(clock.correctionMilliseconds)])
    }

    // MARK: What is remembered

    /// Lines come and go, and that is no trouble until it is frequent.
    private static let freelyLogged = 10

    private func noteOpen(_ key: SessionKey, _ member: UInt32) {
        guard let line = lines[key] else { return }
        history[member, default: PeerHistory()].opened(at: now.wall)
        log.logOnce(
            .info, "in_session", about: "member \(member)", allowance: Self.freelyLogged,
            ["remote": line.remote.description, "dialled": line.dial == nil ? "no" : "yes"])
        if let dial = line.dial { dials.opened(dial, at: now.monotonic) }
        if member == membership.access.office.holder { renewAtNextTurn() }
    }

    /// A scope that stays as it is between two nodes is nothing that anyone sees from what syncs on.
    private func noteSuspension(_ key: SessionKey, _ scope: Scope, _ error: SessionError) {
        guard let line = lines[key] else { return }
        log.logOnce(
            .warning, "scope_suspended", about: "member \(line.identity.member)",
            ["scope": "\(scope)", "error": error.name, "detail": "\(error)"])
    }

    /// What is left to say is on its way; then the connection goes, unless it has gone.
    private func noteEnd(_ key: SessionKey, _ member: UInt32, _ error: SessionError, _ held: [Scope: VersionVector]?) {
        spools.leave(key)
        if let held { history[member, default: PeerHistory()].holds(held, at: now.wall) }
        guard let line = lines[key] else { return }
        if let timer = line.timer { loop.cancel(timer) }
        line.timer = nil
        if let reason = line.loss { return noteLoss(reason, of: member) }
        line.end = error
        history[member, default: PeerHistory()].ended(error.name, "\(error)", at: now.wall)
        // Whichever side has said so.
        let isOrdinary = [SessionError.finished, .superseded].map(\.code).contains(error.code)
        let level: NodeLog.Level = isOrdinary ? .info : .warning
        log.logOnce(level, "session_ended", about: "member \(member)", ["error": error.name, "detail": "\(error)"])
        loop.close(line.connection, afterFlush: true)
    }

    private func noteLoss(_ reason: CloseReason, of member: UInt32) {
        let name = reason.isAboutCertificate ? reason.name : SessionError.lost.name
        history[member, default: PeerHistory()].ended(name, "\(reason)", at: now.wall)
        let allowance = reason.isAboutCertificate ? 1 : Self.freelyLogged
        log.logOnce(
            .warning, "line_lost", about: "member \(member)", allowance: allowance,
            ["error": reason.name, "reason": "\(reason)"])
    }

    /// What everybody tells to hold durably now.
    func noteHeld() {
        let moment = now
        for (member, held) in hub.told { history[member, default: PeerHistory()].holds(held, at: moment.wall) }
    }

    /// Reads who belongs to the chain anew, and lets every session know. What changes while it is being read is read next.
    private func refreshMembership() {
        guard !isRefreshing else {
            needsRefresh = true
            return
        }
        (isRefreshing, needsRefresh) = (true, false)
        ask({ try Membership(of: $0) }) { [self] result in
            isRefreshing = false
            let fresh = try? result.get()
            if let fresh { adopt(fresh) }
            guard needsRefresh || fresh == nil, !isStopping else { return }
            // The owner has no room at the moment, or the disk does not answer.
            loop.after(milliseconds: fresh == nil ? Self.retryMilliseconds : 0) { [self] in refreshMembership() }
        }
    }

    private static let retryMilliseconds: Int64 = 1_000

    private func adopt(_ fresh: Membership) {
        guard fresh != membership else { return }
        let isOtherOffice = membership.office != fresh.office
        membership = fresh
        if isOtherOffice { noteOffice() }
        for key in hub.keys {
            guard let identity = lines[key]?.identity, let refusal = membership.refusal(of: identity) else { continue }
            log.logOnce(.warning, "refused", about: "member \(identity.member)", ["reason": "\(refusal)"])
            hub.end(key, because: .revoked(member: identity.member), at: now)
        }
        hub.adopt(fresh.access, at: now)
        carryOut()
        dialHeadquarters()
    }

    private func noteOffice() {
        let office = membership.office
        log.log(.info, "office", ["term": String(office.number), "holder": String(office.holder)])
    }

    /// Signs where this node's own chains stand, and tells everybody whom it may concern.
    func signCheckpoints() {
        let (key, scopes) = (keys.key, unsigned)
        guard !scopes.isEmpty else { return }
        unsigned = []
        ask({ directory in
            try directory.replica.ownCheckpoints(of: scopes.sorted()) { try key.sign($0) }
        }) { [self] result in
            guard let signed = try? result.get() else {
                // The owner has no room at the moment, or the disk does not answer.
                unsigned.formUnion(scopes)
                return
            }
            hub.tell(signed, butNot: nil, at: now)
            carryOut()
        }
    }
}
