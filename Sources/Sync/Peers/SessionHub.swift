public import CRDT
public import Replica

/// All sessions of one node, without any input or output of its own: whoever drives it carries bytes, requests and wake-ups, and
/// is told what became of each session.
///
/// It decides which of two sessions with one member stays, who hears of a change, who may go on when the membership changes,
/// and passes signatures on. It keeps no lines: a session's key names its line, too.
public struct SessionHub {
    /// What there is to do. Whoever carries one out may call the hub, which then has more to do behind it.
    public enum Effect: Sendable {
        case send([UInt8], SessionKey)
        /// Serve it, and hand the answer to `take`. Requests of one session are served in their order.
        case request(SessionRequest, SessionKey, peer: UInt32)
        /// Call `tick` then, by the monotonic clock; what was asked before of that session can be forgotten.
        case wake(SessionKey, at: Int64)
        /// The two sides have understood each other: data flows.
        case opened(SessionKey, peer: UInt32)
        case suspended(SessionKey, Scope, SessionError)
        case measured(SessionKey, peer: UInt32, ClockOffset)
        /// Hang up once what was to be sent has been. With what the other side has told to hold durably.
        case ended(SessionKey, peer: UInt32, SessionError, held: [Scope: VersionVector]?)
    }

    /// A class, so that a session is changed where it is: there are ten thousand, and bytes come for one after the other.
    private final class Slot {
        let peer: UInt32
        var session: Session
        var hasBeenOpen = false
        var wakeUp: Int64?
        var toldSuspensions: Set<Scope> = []
        var toldOffset: ClockOffset?

        init(_ peer: UInt32, _ session: Session) {
            (self.peer, self.session) = (peer, session)
        }

        /// Asks the session where it is: to read what it computes through a property would copy all of it first.
        func ask<Result>(_ question: (inout Session) -> Result) -> Result { question(&session) }
    }

    public let chain: Hash128
    /// Whose transactions the replica makes from now on.
    public var origin: Origin
    public private(set) var access: Access
    /// Scopes that the replica holds something of.
    public private(set) var held: Set<Scope>
    public private(set) var peers: PeerTable
    /// Scopes of which something is damaged here.
    private var ailing: Set<Scope> = []
    private let bounds: SessionBounds
    private let codecs: SessionCodecs
    private var slots: [SessionKey: Slot] = [:]
    private var subscriptions = Subscriptions()
    private var effects: [Effect] = []
    /// How many of `effects` are taken.
    private var takenEffects = 0
    private var lastKey: UInt64 = 0

    public init(
        chain: Hash128, origin: Origin, access: Access, holding held: some Sequence<Scope>, bounds: SessionBounds,
        codecs: SessionCodecs
    ) {
        (self.chain, self.origin, self.access, self.held) = (chain, origin, access, Set(held))
        (self.bounds, self.codecs) = (bounds, codecs)
        peers = PeerTable(of: origin.member)
    }

    /// What is to be done next; nil if that was all.
    public mutating func takeEffect() -> Effect? {
        guard takenEffects < effects.count else { return nil }
        defer {
            takenEffects += 1
            if takenEffects == effects.count { (effects, takenEffects) = ([], 0) }
        }
        return effects[takenEffects]
    }

    public subscript(key: SessionKey) -> Session? { slots[key]?.session }

    /// Ascending.
    public var keys: [SessionKey] { slots.keys.sorted() }

    // MARK: Lines

    /// A line to a member is there, and it is proved whose it is.
    ///
    /// - Parameters:
    ///   - isInitiator: whether this node has dialled.
    ///   - refusal: why the member may not speak for itself any more.
    public mutating func begin(
        with peer: UInt32, asInitiator isInitiator: Bool, refusing refusal: SessionError? = nil, at now: Moment
    ) -> SessionKey {
        lastKey += 1
        let key = SessionKey(number: lastKey)
        var parameters = SessionParameters(
            chain: chain, origin: origin, peer: peer, isInitiator: isInitiator,
            interest: access.interest(of: origin.member, holding: held), access: access)
        parameters.bounds = bounds
        slots[key] = Slot(peer, Session(parameters, codecs: codecs, at: now))
        if isInitiator { subscriptions.expect(key) }
        if let refusal = refusal ?? (access[peer].isRevoked ? .revoked(member: peer) : nil) {
            slots[key]?.session.close(because: refusal)
        } else {
            admit(key, of: peer, asInitiator: isInitiator, at: now)
        }
        drive(key, at: now)
        return key
    }

    private mutating func admit(_ key: SessionKey, of peer: UInt32, asInitiator isInitiator: Bool, at now: Moment) {
        let admission = peers.admit(key, of: peer, asInitiator: isInitiator) { [slots] other in
            slots[other]?.session.phase == .greeting
        }
        switch admission {
        case .alone: break
        case .replaces(let other): end(other, because: .superseded, at: now)
        case .superseded: slots[key]?.session.close(because: .superseded)
        }
    }

    public mutating func receive(_ bytes: UnsafeRawBufferPointer, on key: SessionKey, at now: Moment) {
        slots[key]?.session.receive(bytes, at: now)
        drive(key, at: now)
    }

    public mutating func noteWritable(_ isWritable: Bool, on key: SessionKey, at now: Moment) {
        slots[key]?.session.noteWritable(isWritable, at: now)
        drive(key, at: now)
    }

    /// The line is gone.
    public mutating func lose(_ key: SessionKey, at now: Moment) {
        slots[key]?.session.lose()
        drive(key, at: now)
    }

    public mutating func end(_ key: SessionKey, because error: SessionError, at now: Moment) {
        slots[key]?.session.close(because: error)
        drive(key, at: now)
    }

    public mutating func tick(_ key: SessionKey, at now: Moment) {
        slots[key]?.wakeUp = nil
        slots[key]?.session.tick(at: now)
        drive(key, at: now)
    }

    // MARK: The replica

    /// Takes what requests came to, and which scopes hold something new, durably: both together, because a session's own news
    /// must not be taken for something to tell it.
    public mutating func take(_ answers: [(SessionKey, SessionAnswer)], changed scopes: [Scope] = [], at now: Moment) {
        for (key, answer) in answers {
            slots[key]?.session.answer(answer, at: now)
            drive(key, at: now)
            if case .settled(_, let standings, _) = answer { endSessions(thatToldMoreThan: standings, butNot: key, at: now) }
        }
        noteChanges(of: scopes, at: now)
        // Behind the transactions that they confirm.
        for (key, answer) in answers {
            if case .kept(_, let news, _) = answer, !news.isEmpty { tell(news, butNot: key, at: now) }
        }
    }

    /// What was written again under another origin is not held under the old one any more. A session cannot take back what it has
    /// told: the next one tells it anew.
    ///
    /// - Parameter settled: the one that settled the past: it does.
    private mutating func endSessions(
        thatToldMoreThan standings: [Scope: Standing], butNot settled: SessionKey, at now: Moment
    ) {
        guard !standings.isEmpty, !Mutants.isOn("what-was-told-stays-told") else { return }
        for key in keys where key != settled && slots[key]?.session.hasToldMore(than: standings) == true {
            end(key, because: .finished, at: now)
        }
    }

    private mutating func noteChanges(of scopes: [Scope], at now: Moment) {
        if !Mutants.isOn("new-scopes-are-not-held") { held.formUnion(scopes) }
        for (key, scopes) in subscriptions.concerned(by: scopes) {
            slots[key]?.session.noteChanges(of: scopes, at: now)
            drive(key, at: now)
        }
    }

    /// Something of these scopes is damaged here, and of no others: a few sessions that share one look for what is missing.
    ///
    /// - Parameter count: how many for each, drawn anew each time.
    public mutating func noteAiling(
        _ scopes: [Scope], asking count: Int, _ random: inout some RandomNumberGenerator, at now: Moment
    ) {
        ailing = Set(scopes)
        for scope in scopes { noteDamage(of: scope, asking: count, &random, at: now) }
    }

    /// Whether the other side of a session holds all that both share, as far as is known. What is damaged here cannot be told
    /// whole, and so nobody knows.
    public func isInSync(_ key: SessionKey) -> Bool {
        slots[key]?.ask { session in session.isIdle && !ailing.contains { session.shares($0) } } ?? false
    }

    /// Bytes that a session keeps in memory (`Session.waitingByteCount`).
    public func waitingByteCount(of key: SessionKey) -> Int { slots[key]?.ask { $0.waitingByteCount } ?? 0 }

    private mutating func noteDamage(
        of scope: Scope, asking count: Int, _ random: inout some RandomNumberGenerator, at now: Moment
    ) {
        for (key, _) in subscriptions.concerned(by: [scope]).shuffled(using: &random).prefix(count) {
            slots[key]?.session.noteDamage(of: [scope], at: now)
            drive(key, at: now)
        }
    }

    /// Passes origins' signatures on to everybody whom they may concern.
    ///
    /// - Parameter source: whoever brought them.
    public mutating func tell(_ checkpoints: [SignedCheckpoint], butNot source: SessionKey?, at now: Moment) {
        for (key, scopes) in subscriptions.concerned(by: checkpoints.map(\.scope)) where key != source {
            slots[key]?.session.tell(checkpoints.filter { scopes.contains($0.scope) }, at: now)
            drive(key, at: now)
        }
    }

    /// Learns who may do what from now on.
    public mutating func adopt(_ fresh: Access, at now: Moment) {
        let before = access
        access = fresh
        for key in keys {
            guard let peer = slots[key]?.peer else { continue }
            if [peer, origin.member].contains(where: { before.isHeadquarters($0) != fresh.isHeadquarters($0) }) {
                // What is for both sides was settled when the session began: the next one begins with more.
                slots[key]?.session.close(because: .finished)
            } else {
                slots[key]?.session.noteAccess(fresh, at: now)
            }
            drive(key, at: now)
        }
    }

    /// What the other side of each session that is open has told to hold durably by now.
    public var told: [(peer: UInt32, held: [Scope: VersionVector])] {
        keys.compactMap { key in slots[key].flatMap { slot in slot.session.acknowledged.map { (slot.peer, $0) } } }
    }

    /// At the registrar: what every other live member that holds a scope has told to hold of it durably; nowhere else anything.
    /// Scopes of which somebody has not told are left out: who is away keeps marks from being dropped.
    ///
    /// - Parameters:
    ///   - members: all of the chain's.
    ///   - told: what a member has last told.
    public func acknowledged(
        by members: some Sequence<UInt32>, in scopes: [Scope], told: (UInt32) -> [Scope: VersionVector]?
    ) -> [Scope: [VersionVector]] {
        guard origin.member == access.office.holder, !scopes.isEmpty else { return [:] }
        let others = members.filter { $0 != origin.member && !access[$0].isRevoked }
        let interests = others.map { peers[$0].flatMap { self[$0]?.hello?.interest } ?? access.interest(of: $0, holding: []) }
        var acknowledged: [Scope: [VersionVector]] = [:]
        for scope in scopes {
            let holders = zip(others, interests).filter { $0.1.contains(scope) }.map(\.0)
            let vectors = holders.compactMap { told($0)?[scope] }
            if vectors.count == holders.count { acknowledged[scope] = vectors }
        }
        return acknowledged
    }

    // MARK: Effects

    private mutating func drive(_ key: SessionKey, at now: Moment) {
        guard let slot = slots[key] else { return }
        if let hello = slot.session.hello { subscriptions.add(key, hello.interest) }
        for request in slot.session.takeRequests() { effects.append(.request(request, key, peer: slot.peer)) }
        let output = slot.session.takeOutput()
        if !output.isEmpty { effects.append(.send(output, key)) }
        noteNews(of: slot, key)
        guard let end = slot.session.end else {
            if let deadline = slot.ask({ $0.nextDeadline }), slot.wakeUp.map({ deadline < $0 }) ?? true {
                slot.wakeUp = deadline
                effects.append(.wake(key, at: deadline))
            }
            return
        }
        effects.append(.ended(key, peer: slot.peer, end, held: slot.session.acknowledged))
        slots[key] = nil
        subscriptions.remove(key)
        peers.remove(key, of: slot.peer)
    }

    /// What is told once.
    private mutating func noteNews(of slot: Slot, _ key: SessionKey) {
        if slot.session.phase == .open, !slot.hasBeenOpen {
            slot.hasBeenOpen = true
            effects.append(.opened(key, peer: slot.peer))
        }
        if slot.session.suspended.count > slot.toldSuspensions.count {
            for (scope, error) in slot.session.suspended.sorted(by: { $0.key < $1.key })
            where slot.toldSuspensions.insert(scope).inserted {
                effects.append(.suspended(key, scope, error))
            }
        }
        if let offset = slot.session.clockOffset, offset != slot.toldOffset {
            slot.toldOffset = offset
            effects.append(.measured(key, peer: slot.peer, offset))
        }
    }
}
