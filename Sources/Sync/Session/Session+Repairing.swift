internal import CRDT
public import Replica

/// Looking for what differs at equal cuts, and for records that are damaged here, one scope at a time; and answering the other
/// side, which does the same.
extension Session {
    // MARK: What there is to look into

    /// Learns that a record of these scopes is set aside here, or that their rows do not add up.
    public mutating func noteDamage(of scopes: some Sequence<Scope>, at now: Moment) {
        guard phase == .open else { return }
        // Where that has come to nothing before, the wait goes on.
        for scope in scopes where shares(scope) && repairing.searches[scope]?.failures ?? 0 == 0 {
            repairing.search(scope, from: now.monotonic)
        }
        pump(at: now)
    }

    /// As the session opens: what is damaged here, what the offers show to be unequal at equal cuts, and, later, what the deltas
    /// that now come and go will have made equal.
    mutating func beginSearches(at now: Moment) {
        for (scope, standing) in opening.standings where shares(scope) {
            if standing.isDamaged { repairing.search(scope, from: now.monotonic) }
            guard parameters.isInitiator, !opening.isEqual else { continue }
            if told[scope]?.cut != standing.cut {
                repairing.search(scope, from: now.monotonic + parameters.bounds.comparisonMilliseconds)
            } else if let theirs = opening.digests[scope], let mine = standing.digest, mine != theirs {
                repairing.search(scope, from: now.monotonic)
            }
        }
    }

    /// Says what waits, and begins with the next scope whose time has come.
    mutating func pumpRepairs(at now: Moment) {
        guard phase == .open, isWritable else { return }
        while sending.credit > 0, !repairing.unsent.isEmpty { emit(repairing.unsent.removeFirst()) }
        guard repairing.asking == nil, repairing.unsent.isEmpty, sending.credit > 0, let due = repairing.due,
            due <= now.monotonic
        else { return }
        let ready = repairing.searches.filter { $0.value.notBefore <= now.monotonic && isQuiet($0.key) }
        guard let scope = ready.min(by: { ($0.value.notBefore, $0.key) < ($1.value.notBefore, $1.key) })?.key else {
            let next = repairing.searches.values.map(\.notBefore).min()
            repairing.wakeUp = next.map { max($0, now.monotonic + Self.busyMilliseconds) }
            // Whoever waits for news to arrive begins as soon as they have, unless there are many to look at.
            repairing.due = repairing.searches.count <= Self.watchedSearches ? next : repairing.wakeUp
            return
        }
        repairing.asking = .inspecting(scope)
        requests.append(.inspect(scope, forPeer: false))
    }

    /// News that are on their way would make cuts differ.
    private func isQuiet(_ scope: Scope) -> Bool {
        !sending.dirty.contains(scope) && !sending.large.contains(scope) && sending.bulk?.scope != scope
            && receiving.bulk?.header.scope != scope
            && !sending.flights.contains { $0.cuts.contains { $0.scope == scope } }
            && !receiving.arrivals.contains { $0.cuts.contains { $0.scope == scope } }
    }

    private static let busyMilliseconds: Int64 = 1000
    private static let watchedSearches = 64
    private static let longestWaitMilliseconds: Int64 = 60_000

    // MARK: Asking

    private mutating func ask(_ frame: Frame, _ asking: Asking, _ scope: Scope, at now: Moment) {
        guard repairing.ownQuestions.take(at: now.monotonic) else { return putOff(scope, at: now) }
        repairing.asking = asking
        repairing.askedSince = now.monotonic
        say(frame)
    }

    private mutating func say(_ frame: Frame) {
        if sending.credit > 0, repairing.unsent.isEmpty { emit(frame) } else { repairing.unsent.append(frame) }
    }

    /// Tries a scope again later, each time after a longer wait.
    private mutating func putOff(_ scope: Scope, at now: Moment) {
        repairing.asking = nil
        guard var search = repairing.searches[scope] else { return pumpRepairs(at: now) }
        let wait = min(Self.longestWaitMilliseconds, Self.busyMilliseconds << Int64(min(search.failures, 6)))
        search.failures += 1
        search.notBefore = now.monotonic + wait
        repairing.searches[scope] = search
        repairing.wake(at: search.notBefore)
        pumpRepairs(at: now)
    }

    /// Goes on with a scope at once.
    private mutating func goOn(_ scope: Scope, at now: Moment) {
        repairing.asking = nil
        if repairing.searches[scope] != nil { repairing.search(scope, from: now.monotonic) }
        pumpRepairs(at: now)
    }

    private mutating func finish(_ scope: Scope, at now: Moment) {
        if repairing.searches.removeValue(forKey: scope)?.hasCompared == true { counts.scopesMended += 1 }
        repairing.asking = nil
        pumpRepairs(at: now)
    }

    mutating func takeInspected(_ standing: RepairStanding, _ forPeer: Bool, at now: Moment) {
        let scope = standing.scope
        guard !forPeer else { return answer(standing, at: now) }
        guard case .inspecting(scope)? = repairing.asking else { return }
        guard shares(scope) else { return finish(scope, at: now) }
        guard standing.aside.isEmpty else {
            return lack(Lack(scope, standing.aside, of: standing.asideCount), at: now)
        }
        guard let digest = standing.digest else { return putOff(scope, at: now) }
        let turn = RepairTurn(
            scope: scope, isAnswer: false, form: standing.isDoubtful ? .doubtful : .plain, mark: standing.mark, digest: digest)
        ask(.repair(turn), .comparing(turn), scope, at: now)
    }

    /// A comparison is over: the two are equal now, or stand elsewhere, or begin anew while that changes anything.
    private mutating func compare(_ mine: RepairTurn, _ theirs: RepairTurn, at now: Moment) {
        let scope = mine.scope
        guard shares(scope) else { return finish(scope, at: now) }
        guard mine.form != .unable, theirs.form != .unable, mine.mark == theirs.mark else { return putOff(scope, at: now) }
        guard mine.digest != theirs.digest else { return finish(scope, at: now) }
        let last = repairing.searches[scope]?.unequal
        let isSame = last.map { $0.mine == mine.digest && $0.theirs == theirs.digest } ?? false
        let count = isSame ? (last?.count ?? 0) + 1 : 1
        guard count < Search.unequalLimit else {
            repairing.asking = nil
            refuse(scope, .unequal(scope: scope))
            return pumpRepairs(at: now)
        }
        repairing.searches[scope]?.unequal = (mine.digest, theirs.digest, count)
        goOn(scope, at: now)
    }

    private mutating func lack(_ lack: Lack, at now: Moment) {
        ask(.lack(lack.scope, Array(lack.rest.prefix(Mending.keyLimit))), .lacking(lack), lack.scope, at: now)
    }

    mutating func take(_ mending: Mending, _ byteCount: Int, at now: Moment) throws(SessionError) {
        guard case .lacking(var told)? = repairing.asking, told.scope == mending.scope else {
            throw .unexpected(kind: FrameKind.mend.rawValue)
        }
        repairing.askedSince = nil
        spend(Frame.wireBytes(body: byteCount))
        let scope = told.scope
        guard shares(scope), !mending.keys.isEmpty || !told.told.isEmpty else { return putOff(scope, at: now) }
        if told.takes(mending, byteCount) { return lack(told, at: now) }
        repairing.asking = .mending(scope, aside: told.count)
        requests.append(.mend(scope, told.told, from: repairPeer))
    }

    mutating func takeMended(_ standing: RepairStanding, at now: Moment) {
        guard case .mending(standing.scope, let before)? = repairing.asking else { return }
        let mended = max(0, before - standing.asideCount)
        counts.recordsMended += mended
        // What could not be told meanwhile can be told now.
        if mended > 0, shares(standing.scope) { sending.dirty.insert(standing.scope) }
        if mended > 0 { goOn(standing.scope, at: now) } else { putOff(standing.scope, at: now) }
        pump(at: now)
    }

    // MARK: Answering

    /// - Returns: whether a question may come, and is answered.
    private mutating func admit(_ scope: Scope, _ kind: FrameKind, at now: Moment) throws(SessionError) -> Bool {
        guard repairing.answering == nil, !repairing.hasUnsentAnswer else { throw .unexpected(kind: kind.rawValue) }
        guard repairing.theirQuestions.take(at: now.monotonic) else { throw .flooded(kind: kind.rawValue) }
        guard expects(scope) else { throw .notPermitted(scope: scope, member: parameters.peer) }
        return shares(scope)
    }

    mutating func take(_ turn: RepairTurn, _ byteCount: Int, at now: Moment) throws(SessionError) {
        spend(Frame.wireBytes(body: byteCount))
        guard turn.isAnswer else {
            guard try admit(turn.scope, .repair, at: now) else { return say(.repair(.unable(turn.scope))) }
            repairing.answering = .comparison(turn)
            // Most find that all is equal, which takes no look at any record.
            requests.append(turn.saysMore ? .examine(turn, from: repairPeer) : .inspect(turn.scope, forPeer: true))
            return
        }
        guard case .comparing(let mine)? = repairing.asking, mine.scope == turn.scope else {
            throw .unexpected(kind: FrameKind.repair.rawValue)
        }
        repairing.askedSince = nil
        guard turn.saysMore, turn.mark == mine.mark, shares(turn.scope) else { return compare(mine, turn, at: now) }
        repairing.searches[turn.scope]?.hasCompared = true
        repairing.asking = .examining(turn.scope, theirs: turn)
        requests.append(.examine(turn, from: repairPeer))
    }

    private mutating func answer(_ standing: RepairStanding, at now: Moment) {
        guard case .comparison(let turn)? = repairing.answering, turn.scope == standing.scope else { return }
        guard let digest = standing.digest, standing.aside.isEmpty, shares(turn.scope) else {
            return reply(.unable(turn.scope), at: now)
        }
        guard standing.mark == turn.mark, turn.form == .doubtful || turn.digest != digest else {
            return reply(
                RepairTurn(scope: turn.scope, isAnswer: true, mark: standing.mark, digest: digest), at: now)
        }
        requests.append(.examine(turn, from: repairPeer))
    }

    private mutating func reply(_ turn: RepairTurn, at now: Moment) {
        guard case .comparison(let question)? = repairing.answering, question.scope == turn.scope else { return }
        repairing.answering = nil
        say(.repair(turn))
    }

    mutating func takeExamined(_ step: RepairStep, at now: Moment) {
        guard !step.writes || step.reply.form == .unable else { return requests.append(.take(step, from: repairPeer)) }
        takeTaken(step.reply, at: now)
    }

    mutating func takeTaken(_ turn: RepairTurn, at now: Moment) {
        guard !turn.isAnswer else { return reply(turn, at: now) }
        guard case .examining(turn.scope, let theirs)? = repairing.asking else { return }
        guard turn.saysMore, shares(turn.scope) else { return compare(turn, theirs, at: now) }
        ask(.repair(turn), .comparing(turn), turn.scope, at: now)
    }

    mutating func takeLack(
        _ scope: Scope, _ keys: [RecordKey], _ byteCount: Int, at now: Moment
    ) throws(SessionError) {
        spend(Frame.wireBytes(body: byteCount))
        guard try admit(scope, .lack, at: now) else { return say(.mend(.nothing(of: scope))) }
        repairing.answering = .lack(scope)
        requests.append(.find(scope, keys))
    }

    mutating func takeFound(_ mending: Mending, at now: Moment) {
        guard case .lack(mending.scope)? = repairing.answering else { return }
        repairing.answering = nil
        say(.mend(mending))
    }

    private var repairPeer: RepairPeer {
        RepairPeer(parameters.peer, of: parameters.origin.member, access)
    }
}
