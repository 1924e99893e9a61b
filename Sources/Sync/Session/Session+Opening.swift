internal import CRDT
internal import Replica

/// Greeting, and comparing how far scopes are held.
extension Session {
    struct Opening {
        /// How far everything is held here that both sides want, as the other side was or will be told.
        var standings: [Scope: Standing] = [:]
        /// What the other side has offered so far in its turn.
        var offered: [Scope: Offer.Entry.Form] = [:]
        /// Those that were only named by their summaries here.
        var summarised: Set<Scope> = []
        /// What the other side holds of a large delta, by scope.
        var staged: [Scope: Standing.Staged] = [:]
        /// The digests that the other side has told.
        var digests: [Scope: Hash128] = [:]
        var isEqual = false
        var expectsSecondOffer = false
        /// Points and scopes that the other side has offered in its turn.
        var offeredPoints = 0
        /// Doubts that wait for the other side's knowledge, and the signed words that it has sent ahead of that.
        var asked: Set<Doubt> = []
        var proofs: [Doubt: SignedCheckpoint] = [:]
        /// Doubts about which the other side has asked: once each, and only about what it was told.
        var answered: Set<Doubt> = []
        /// Answers to those after which it has not told again how far it holds things.
        var repeatedOffers = 0
        /// Requests to settle that are not answered.
        var settlements = 0
        var isSettled = false
        var peerIsReady = false
        /// When the other side's first frame came, by the wall clock.
        var helloTime: Int64 = 0
    }

    mutating func handle(_ hello: Hello, at now: Moment) throws(SessionError) {
        guard hello.major == Hello.major || Mutants.isOn("any-version-is-spoken-with") else {
            throw .version(theirs: hello.major, ours: Hello.major)
        }
        guard hello.chain == parameters.chain else { throw .otherChain }
        guard hello.origin.member == parameters.peer else {
            throw .impostor(claimed: hello.origin.member, member: parameters.peer)
        }
        guard !access[parameters.peer].isRevoked else { throw .revoked(member: parameters.peer) }
        self.hello = hello
        reader.limit = FrameLimits.bytes
        sending.credit = min(Int64(clamping: hello.credit), Self.creditLimit)
        opening.helloTime = now.wall
        guard parameters.isInitiator else {
            requests.append(.standing(hello.interest))
            return
        }
        clockOffset = ClockOffset(
            sent: times.greetedWall, echo: hello.echo, received: hello.received, answered: hello.time, now: now.wall,
            stratum: hello.stratum)
        opening.standings = opening.standings.filter { shares($0.key) }
        phase = .offering
        if isComparable(hello.sum), Standing.sum(opening.standings.values) == hello.sum {
            beginEqual()
            try goOnSettled(at: now)
        } else {
            offerAll()
        }
    }

    /// How far things are held is known: this side can speak.
    mutating func takeStanding(_ standings: [Scope: Standing], at now: Moment) throws(SessionError) {
        guard let hello else {
            opening.standings = standings
            emit(.hello(greeting(Standing.sum(standings.values), at: now)))
            return
        }
        opening.standings = standings.filter { shares($0.key) }
        let sum = Standing.sum(opening.standings.values)
        var answer = greeting(sum, at: now)
        (answer.echo, answer.received) = (hello.time, UInt64(clamping: opening.helloTime))
        emit(.hello(answer))
        phase = .offering
        guard isComparable(sum), sum == hello.sum else { return }
        beginEqual()
        try goOnSettled(at: now)
    }

    private mutating func greeting(_ sum: Hash128, at now: Moment) -> Hello {
        times.greetedWall = now.wall
        let isFolding = opening.standings.values.contains { $0.summary == nil }
        return Hello(
            chain: parameters.chain, origin: parameters.origin, interest: parameters.interest,
            sum: isFolding ? Hash128(high: .max, low: .max) : sum, credit: UInt64(parameters.bounds.creditBytes),
            time: UInt64(clamping: now.wall), stratum: min(1, access.stratum(of: parameters.origin.member)))
    }

    /// A side that is folding a cut in has no summary, and says so by all ones.
    private func isComparable(_ sum: Hash128) -> Bool {
        sum != Hash128(high: .max, low: .max) && !opening.standings.values.contains { $0.summary == nil }
    }

    /// Both hold the same of everything.
    mutating func beginEqual() {
        for (scope, standing) in opening.standings { setBoth(scope, standing.cut) }
        opening.isEqual = true
    }

    private mutating func setBoth(_ scope: Scope, _ cut: Cut) {
        told[scope] = PushBasis(cut: cut)
        heard[scope] = PushBasis(cut: cut)
    }

    // MARK: Offers

    /// The initiator's first turn: everything, in full if that is little.
    private mutating func offerAll() {
        let points = opening.standings.values.reduce(0) { $0 + $1.cut.points.count }
        let tellsAll = points <= parameters.bounds.toldPoints
        var entries: [Offer.Entry] = []
        for (scope, standing) in opening.standings.sorted(by: { $0.key < $1.key }) {
            if let summary = standing.summary, !tellsAll {
                opening.summarised.insert(scope)
                entries.append(.init(scope: scope, form: .summary(summary.high)))
            } else {
                entries.append(tell(scope, standing))
            }
        }
        offer(entries)
    }

    mutating func tell(_ scope: Scope, _ standing: Standing) -> Offer.Entry {
        heard[scope] = PushBasis(cut: standing.cut)
        return .init(
            scope: scope, form: .told(standing.cut, digest: standing.digest, staged: standing.staged))
    }

    /// In frames that are not too long.
    mutating func offer(_ entries: [Offer.Entry]) {
        var rest = entries[...]
        repeat {
            var points = 0
            let part = rest.prefix { entry in
                defer { points += entry.pointCount + 1 }
                return points < 20_000
            }
            rest = rest.dropFirst(part.count)
            emit(.offer(Offer(Array(part), isLast: rest.isEmpty)))
        } while !rest.isEmpty
    }

    mutating func handle(_ offer: Offer, at now: Moment) throws(SessionError) {
        // Later than in its turns it offers only what it has settled, knowing what it was answered.
        let isRepeated = phase == .settling
        guard !opening.peerIsReady, !isRepeated || opening.repeatedOffers > 0 else {
            throw .unexpected(kind: FrameKind.offer.rawValue)
        }
        for entry in offer.entries where expects(entry.scope) {
            opening.offeredPoints += entry.pointCount + 1
            guard opening.offeredPoints <= FrameLimits.offeredPoints,
                opening.offered.updateValue(entry.form, forKey: entry.scope) == nil
            else { throw .malformed(kind: FrameKind.offer.rawValue) }
            guard case .told(_, let digest, let staged) = entry.form else { continue }
            opening.digests[entry.scope] = digest
            if let staged { opening.staged[entry.scope] = staged }
        }
        guard offer.isLast else { return }
        if isRepeated { opening.repeatedOffers -= 1 }
        defer { (opening.offered, opening.offeredPoints) = ([:], 0) }
        if phase == .settling || opening.expectsSecondOffer {
            try takeTold()
            if opening.expectsSecondOffer {
                opening.expectsSecondOffer = false
                settle()
            }
        } else if parameters.isInitiator {
            try takeReply()
        } else {
            reply()
        }
    }

    /// The responder's turn: what differs, in full.
    private mutating func reply() {
        var entries: [Offer.Entry] = []
        let scopes = Set(opening.offered.keys).union(opening.standings.keys)
        for scope in scopes.sorted() {
            let standing = opening.standings[scope]
            switch opening.offered[scope] {
            case .summary(let summary)
            where summary == standing?.summary?.high || Mutants.isOn("summaries-taken-for-equal"):
                setBoth(scope, standing?.cut ?? Cut())
            case .told(let cut, let digest, _):
                // Where both stand alike all sessions keep one value: a region's customers have many writers.
                let shared = standing.flatMap { $0.cut == cut ? $0.cut : nil } ?? cut
                told[scope] = PushBasis(cut: shared)
                if shared == standing?.cut, digest == standing?.digest {
                    heard[scope] = PushBasis(cut: shared)
                } else {
                    entries.append(tell(scope, standing ?? .nothing))
                }
            case .summary:
                opening.expectsSecondOffer = true
                entries.append(tell(scope, standing ?? .nothing))
            case nil:
                told[scope] = PushBasis()
                entries.append(tell(scope, standing ?? .nothing))
            }
        }
        offer(entries)
        if !opening.expectsSecondOffer { settle() }
    }

    /// The initiator learns what differs, and tells of it what it had only named.
    private mutating func takeReply() throws(SessionError) {
        for (scope, standing) in opening.standings where opening.offered[scope] == nil { setBoth(scope, standing.cut) }
        var entries: [Offer.Entry] = []
        for scope in opening.offered.keys.sorted() where opening.summarised.contains(scope) {
            entries.append(tell(scope, opening.standings[scope] ?? .nothing))
        }
        for scope in opening.offered.keys where heard[scope] == nil { heard[scope] = PushBasis() }
        try takeTold()
        if !entries.isEmpty { offer(entries) }
        settle()
    }

    private mutating func takeTold() throws(SessionError) {
        for (scope, form) in opening.offered {
            guard case .told(let cut, _, _) = form else { throw .unexpected(kind: FrameKind.offer.rawValue) }
            told[scope] = PushBasis(cut: cut)
        }
    }
}

extension Standing {
    static let nothing = Standing(cut: Cut(), digest: .zero, summary: nil, staged: nil)
}

extension Offer.Entry {
    fileprivate var pointCount: Int {
        switch form {
        case .summary: 0
        case .told(let cut, _, let staged):
            cut.points.count + (staged.map { $0.header.cut.points.count * 2 + $0.header.runs.count } ?? 0)
        }
    }
}
