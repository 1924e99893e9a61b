internal import CRDT
internal import Foundation
internal import Net
internal import Replica
internal import Sync

/// Sessions on the loop's thread: bytes in, bytes and requests out.
extension NodeService {
    /// A connection of the sync protocol is there.
    func beginSession(on connection: ConnectionID, _ opening: Opening, with peer: PeerIdentity, dial: Int?) {
        lastKey += 1
        let key = SessionKey(number: lastKey)
        var parameters = SessionParameters(
            chain: identity.chain, origin: identity.origin, peer: peer.member, isInitiator: opening.isInitiator,
            interest: membership.access.interest(of: identity.member, holding: held), access: membership.access)
        parameters.bounds = bounds
        let slot = SessionSlot(
            key, on: connection, peer, at: opening.remote, dial: dial, began: now.wall,
            Session(parameters, codecs: codecs, at: now))
        slots[key] = slot
        byConnection[connection] = key
        if opening.isInitiator { subscriptions.expect(slot.key) }
        if let refusal = membership.refusal(of: peer) {
            log.logOnce(.warning, "refused", about: "member \(peer.member)", ["reason": "\(refusal)"])
            slot.session.close(because: .revoked(member: peer.member))
        } else {
            replaceOther(of: slot)
        }
        drive(slot)
    }

    private func replaceOther(of slot: SessionSlot) {
        let isInitiator = slot.session.parameters.isInitiator
        let admission = peers.admit(slot.key, of: slot.identity.member, asInitiator: isInitiator) { [slots] other in
            slots[other]?.session.phase == .greeting
        }
        switch admission {
        case .alone: break
        case .replaces(let other): end(other, because: .superseded)
        case .superseded: slot.session.close(because: .superseded)
        }
    }

    func receive(_ bytes: RawSpan, on slot: SessionSlot) {
        guard !slot.isClosing else { return }
        let moment = now
        bytes.withUnsafeBytes { slot.session.receive($0, at: moment) }
        drive(slot)
    }

    /// Takes what the replica's owner or the spools' keeper answered, and which scopes hold something new.
    func take(_ replies: [SessionReply], _ changed: [Scope]) {
        let moment = now
        for reply in replies {
            guard let slot = slots[reply.key], !slot.isClosing else { continue }
            slot.session.answer(reply.answer, at: moment)
            drive(slot)
        }
        if !changed.isEmpty { noteChanges(of: changed) }
        // Behind the transactions that they confirm.
        for reply in replies {
            if case .kept(_, let news, _) = reply.answer, !news.isEmpty { tell(news, butNot: reply.key) }
        }
    }

    /// Passes origins' signatures on to everybody whom they may concern, but for whoever brought them.
    private func tell(_ checkpoints: [SignedCheckpoint], butNot source: SessionKey?) {
        for (key, scopes) in subscriptions.concerned(by: checkpoints.map(\.scope)) where key != source {
            guard let slot = slots[key], !slot.isClosing else { continue }
            slot.session.tell(checkpoints.filter { scopes.contains($0.scope) }, at: now)
            drive(slot)
        }
    }

    /// Something is new and durable in these scopes.
    private func noteChanges(of scopes: [Scope]) {
        let moment = now
        held.formUnion(scopes)
        unsigned.formUnion(scopes)
        for (key, scopes) in subscriptions.concerned(by: scopes) {
            guard let slot = slots[key], !slot.isClosing else { continue }
            slot.session.noteChanges(of: scopes, at: moment)
            drive(slot)
        }
        if scopes.contains(.chain) {
            refreshMembership()
            acknowledgeFences()
        }
    }

    /// Carries out what a session wants, and sees to its end.
    func drive(_ slot: SessionSlot) {
        if let hello = slot.session.hello { subscriptions.add(slot.key, hello.interest) }
        for request in slot.session.takeRequests() { serve(request, for: slot) }
        let output = slot.session.takeOutput()
        if !output.isEmpty, let waiting = loop.send(output, on: slot.connection), waiting > Self.sendingLimit {
            slot.session.noteWritable(false, at: now)
            // Whoever does not take its answers is not listened to.
            loop.pauseReading(slot.connection)
            if waiting > Self.waitingLimit { slot.session.close(because: .overloaded) }
        }
        if slot.session.end != nil { finish(slot) } else { arm(slot) }
        if slot.session.phase == .open { noteOpen(slot) }
        if slot.session.suspended.count > slot.notedSuspensions.count { noteSuspensions(of: slot) }
        learnClock(from: slot)
    }

    /// Follows the clock of a headquarters, once for each time that it was measured.
    private func learnClock(from slot: SessionSlot) {
        guard let offset = slot.session.clockOffset, offset != slot.learnedOffset else { return }
        slot.learnedOffset = offset
        let (access, member) = (membership.access, slot.identity.member)
        // It says itself how far it is from the registrar's clock, and that is believed where it makes it farther.
        let stratum = max(access.stratum(of: member), offset.stratum)
        guard access.isHeadquarters(member), clock.learn(offset, of: stratum, own: access.stratum(of: identity.member))
        else { return }
        log.logOnce(
            .warning, "clock_corrected", about: "clock",
            ["by_milliseconds": String(offset.milliseconds), "in_all": String(clock.correctionMilliseconds)])
    }

    /// Bytes that wait for a line; more is not made ready. Beyond the second bound the other side does not take its answers.
    private static let sendingLimit = 1 << 18
    private static let waitingLimit = 1 << 24

    private func serve(_ request: SessionRequest, for slot: SessionSlot) {
        switch request {
        case .spool(let scope, let cut): spools.make(for: slot.key, scope, cut)
        case .piece(let id, let index): spools.read(for: slot.key, id, index)
        case .forget(let id): spools.forget(for: slot.key, id)
        case .examine(let turn, let peer): comparer.examine(turn, for: slot.key, from: peer)
        default:
            _ = owner.serve(
                SessionWork(key: slot.key, request: request, peer: slot.identity.member, milliseconds: now.wall))
        }
    }

    private func arm(_ slot: SessionSlot) {
        guard let deadline = slot.session.nextDeadline, slot.timerDeadline.map({ deadline < $0 }) ?? true else { return }
        if let timer = slot.timer { loop.cancel(timer) }
        slot.timerDeadline = deadline
        slot.timer = loop.after(milliseconds: max(0, deadline - now.monotonic)) { [self] in
            (slot.timer, slot.timerDeadline) = (nil, nil)
            guard !slot.isClosing else { return }
            slot.session.tick(at: now)
            drive(slot)
        }
    }

    /// Ends a session from this side.
    func end(_ key: SessionKey, because error: SessionError) {
        guard let slot = slots[key], !slot.isClosing else { return }
        slot.session.close(because: error)
        drive(slot)
    }

    /// What is left to say is said, then the connection goes.
    private func finish(_ slot: SessionSlot) {
        guard !slot.isClosing, let error = slot.session.end else { return }
        slot.isClosing = true
        if let timer = slot.timer { loop.cancel(timer) }
        subscriptions.remove(slot.key)
        spools.leave(slot.key)
        peers.remove(slot.key, of: slot.identity.member)
        noteEnd(slot, error)
        loop.close(slot.connection, afterFlush: true)
    }

    /// The connection is gone.
    func lose(_ slot: SessionSlot, _ reason: CloseReason) {
        if !slot.isClosing {
            slot.session.lose()
            slot.isClosing = true
            if let timer = slot.timer { loop.cancel(timer) }
            subscriptions.remove(slot.key)
            spools.leave(slot.key)
            peers.remove(slot.key, of: slot.identity.member)
            noteLoss(slot, reason)
        }
        slots[slot.key] = nil
        byConnection[slot.connection] = nil
        if let dial = slot.dial { redial(dial) }
    }

    // MARK: What is remembered

    /// Lines come and go, and that is no trouble until it is frequent.
    private static let freelyLogged = 10

    private func noteOpen(_ slot: SessionSlot) {
        guard !slot.hasBeenOpen else { return }
        slot.hasBeenOpen = true
        let member = slot.identity.member
        history[member, default: PeerHistory()].opened(at: now.wall)
        log.logOnce(
            .info, "in_session", about: "member \(member)", allowance: Self.freelyLogged,
            ["remote": slot.remote.description, "dialled": slot.dial == nil ? "no" : "yes"])
        if let dial = slot.dial { dials.opened(dial) }
        if member == membership.access.office.holder { renewAtNextTurn() }
    }

    /// A scope that stays as it is between two nodes is nothing that anyone sees from what syncs on.
    private func noteSuspensions(of slot: SessionSlot) {
        for (scope, error) in slot.session.suspended.sorted(by: { $0.key < $1.key }) {
            guard slot.notedSuspensions.insert(scope).inserted else { continue }
            log.logOnce(
                .warning, "scope_suspended", about: "member \(slot.identity.member)",
                ["scope": "\(scope)", "error": error.name, "detail": "\(error)"])
        }
    }

    private func noteEnd(_ slot: SessionSlot, _ error: SessionError) {
        let member = slot.identity.member
        noteHeld(slot)
        history[member, default: PeerHistory()].ended(error.name, "\(error)", at: now.wall)
        // Whichever side has said so.
        let isOrdinary = [SessionError.finished, .superseded].map(\.code).contains(error.code)
        let level: NodeLog.Level = isOrdinary ? .info : .warning
        log.logOnce(level, "session_ended", about: "member \(member)", ["error": error.name, "detail": "\(error)"])
    }

    private func noteLoss(_ slot: SessionSlot, _ reason: CloseReason) {
        let member = slot.identity.member
        noteHeld(slot)
        let name = reason.isAboutCertificate ? reason.name : SessionError.lost.name
        history[member, default: PeerHistory()].ended(name, "\(reason)", at: now.wall)
        let allowance = reason.isAboutCertificate ? 1 : Self.freelyLogged
        log.logOnce(
            .warning, "line_lost", about: "member \(member)", allowance: allowance,
            ["error": reason.name, "reason": "\(reason)"])
    }

    func noteHeld(_ slot: SessionSlot) {
        guard let vectors = slot.session.acknowledged else { return }
        history[slot.identity.member, default: PeerHistory()].holds(vectors, at: now.wall)
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
        let before = membership.access
        membership = fresh
        if before.office != fresh.office { noteOffice() }
        for key in slots.keys.sorted() {
            guard let slot = slots[key], !slot.isClosing else { continue }
            if let refusal = membership.refusal(of: slot.identity) {
                log.logOnce(.warning, "refused", about: "member \(slot.identity.member)", ["reason": "\(refusal)"])
                slot.session.close(because: .revoked(member: slot.identity.member))
            } else if [slot.identity.member, identity.member].contains(where: {
                before.isHeadquarters($0) != fresh.access.isHeadquarters($0)
            }) {
                // What is for both sides was settled when the session began: the next one begins with more.
                slot.session.close(because: .finished)
            } else {
                slot.session.noteAccess(membership.access, at: now)
            }
            drive(slot)
        }
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
            try scopes.sorted().compactMap { scope in
                try directory.replica.ownCheckpoint(of: scope) { try key.sign($0) }
            }
        }) { [self] result in
            guard let signed = try? result.get() else {
                // The owner has no room at the moment, or the disk does not answer.
                unsigned.formUnion(scopes)
                return
            }
            tell(signed, butNot: nil)
        }
    }
}
