internal import CRDT
internal import Replica

/// What comes in: checked against who may write what, handed to the replica, acknowledged when that has made it durable.
extension Session {
    struct Receiving {
        var context = PushContext()
        /// How many more bytes of data the other side may send; overdrawn by one frame at most.
        var credit: Int64 = 0
        /// Bytes that are done with, and not given back as credit yet.
        var spent: Int64 = 0
        /// How many pushes and ends have come.
        var ordinal: UInt64 = 0
        /// Those that are not acknowledged, in order.
        var arrivals: [Arrival] = []
        var bulk: Incoming?
        /// What was handed to the replica and is not durable, as it lies in memory.
        var waitingBytes = 0
        /// Large deltas of which a part was here when the session began.
        var staged: [Scope: Standing.Staged] = [:]
        /// The other side has asked for checkpoints, which it does once.
        var hasSought = false

        /// Whether the replica must catch up before more is read.
        func isFull(_ bounds: SessionBounds) -> Bool {
            waitingBytes >= bounds.waitingBytes || arrivals.count >= Self.arrivalLimit
        }

        /// As many as the other side may send before it hears of the first.
        private static let arrivalLimit = 1024
    }

    struct Arrival {
        let ordinal: UInt64
        let cuts: [(scope: Scope, cut: Cut)]
        /// What it took on the wire and was not given back.
        let bytes: Int
        /// What it takes in memory until it is joined.
        let memoryBytes: Int
        var isJoined = false
    }

    /// A delta that comes in pieces.
    struct Incoming {
        let header: DeltaHeader
        let recordCount: UInt64
        let decoder: PieceDecoder
        var received: UInt64 = 0
        /// Kept here while there are few; nil once they are staged.
        var collected: [DeltaRecord]?
        /// What those took on the wire, and take in memory.
        var collectedBytes = 0
        var collectedMemory = 0
        let isResumed: Bool
        /// The other side goes on with a scope that is left out here: to be read over.
        var isIgnored: Bool
        /// Of the scope `chain`.
        var chainCheck: ChainCheck?

        mutating func ignore() {
            (isIgnored, collected, collectedMemory) = (true, nil, 0)
        }
    }

    mutating func handle(_ frame: Frame, byteCount: Int, at now: Moment) throws(SessionError) {
        guard mayCome(frame.kind) else { throw .unexpected(kind: frame.kind.rawValue) }
        if frame.kind.isData {
            guard receiving.credit > 0 else { throw .creditExceeded }
            receiving.credit -= Int64(Frame.wireBytes(body: byteCount))
        }
        switch frame {
        case .hello(let hello): try handle(hello, at: now)
        case .offer(let offer): try handle(offer, at: now)
        case .ask(let scope, let origin): try answerAsk(scope, origin)
        case .knowledge(let scope, let origin, let knowledge): try handle(scope, origin, knowledge)
        case .ready(let echo, let received, let time): try handleReady(echo, received, time, at: now)
        case .push(let bytes): try takePush(bytes, byteCount)
        case .begin(let header, let records): try takeBegin(header, records, byteCount)
        case .piece(let bytes): try takePiece(bytes, byteCount)
        case .end: try takeEnd(byteCount)
        case .acknowledge(let ordinal): try takeAcknowledged(ordinal, at: now)
        case .credit(let bytes): try takeCredit(bytes, at: now)
        case .ping(let time):
            let wall = UInt64(clamping: now.wall)
            emit(.pong(echo: time, received: wall, time: wall))
        case .pong(let echo, let received, let time): takePong(echo, received, time, at: now)
        case .goodbye(let code, let detail): close(because: .ended(code: code, detail: detail.printable))
        case .checkpoints(let list): try take(list, Frame.wireBytes(body: byteCount))
        case .refuse(let scope, let code, let detail): takeRefusal(scope, code, detail)
        case .seek(let doubts):
            receiving.hasSought = true
            requests.append(.checkpoints(doubts.filter { shares($0.scope) }))
        case .repair(let turn): try take(turn, byteCount, at: now)
        case .lack(let scope, let keys): try takeLack(scope, keys, byteCount, at: now)
        case .mend(let mending): try take(mending, byteCount, at: now)
        }
    }

    /// Whether a frame of this kind makes sense to anyone now.
    private func mayCome(_ kind: FrameKind) -> Bool {
        switch kind {
        case .goodbye: true
        // Whoever is dialled does not speak first.
        case .hello: hello == nil && (!parameters.isInitiator || counts.framesSent > 0)
        case .offer, .ask, .knowledge, .ready: phase == .offering || phase == .settling
        case .refuse: phase != .greeting
        case .checkpoints: phase == .open || phase == .settling
        // The other side is open before it sends anything of these, and says so first.
        case .push, .begin, .piece, .end, .acknowledge, .ping, .repair, .lack, .mend: phase == .open
        case .credit: phase == .open || phase == .settling
        case .seek: phase == .open && !receiving.hasSought
        case .pong: phase == .open && parameters.isInitiator
        }
    }

    private mutating func takePong(_ echo: UInt64, _ received: UInt64, _ time: UInt64, at now: Moment) {
        guard let hello else { return }
        let measured = ClockOffset(
            sent: times.pingWall, echo: echo, received: received, answered: time, now: now.wall, stratum: hello.stratum)
        guard let measured else { return }
        (clockOffset, times.pingWall) = (measured, nil)
    }

    private mutating func take(_ checkpoints: [SignedCheckpoint], _ wireBytes: Int) throws(SessionError) {
        guard phase == .open else { return try takeProofs(checkpoints, wireBytes) }
        requests.append(.keep(checkpoints.filter { shares($0.scope) }, bytes: wireBytes))
    }

    /// The other side leaves a scope out. What it never heard of from here is nothing to leave out, and would be kept in vain.
    private mutating func takeRefusal(_ scope: Scope, _ code: UInt16, _ detail: String) {
        guard told[scope] != nil || heard[scope] != nil || opening.standings[scope] != nil, suspended[scope] == nil else {
            return
        }
        defer { giveWay(in: scope, refusedWith: code) }
        let kept = suspended.count < Self.explanationLimit ? detail.printable : ""
        suspend(scope, because: .ended(code: code, detail: kept))
    }

    /// Headquarters have found two histories in a scope, or do not believe this side what it holds of theirs: the next session begins
    /// without that.
    private mutating func giveWay(in scope: Scope, refusedWith code: UInt16) {
        let speaker = hello?.origin
        switch code {
        case SessionError.forkedCode: requests.append(.contest(scope))
        case SessionError.inventedCode:
            // If nothing is held here beyond what they told, there is nothing to give way about: the next session would end so, too.
            guard let speaker, mayYield(in: scope), let held = heard[scope]?.cut[speaker] else { return }
            let point = told[scope]?.cut[speaker] ?? ChainPoint(sequence: 0, hash: .zero)
            guard point.sequence < held.sequence else { return }
            requests.append(.concede(scope, speaker, point))
        default: return
        }
        if mayYield(in: scope) { close(because: .finished) }
    }

    /// Of so many refused scopes the words are kept, besides the codes.
    private static let explanationLimit = 64

    // MARK: Deltas

    private mutating func takePush(_ bytes: [UInt8], _ byteCount: Int) throws(SessionError) {
        let deltas: [Delta]
        do throws(PushError) {
            let (known, session) = (heard, self)
            deltas = try codecs.pushDecoder.decode(
                bytes, known: { scope in known[scope] ?? (session.expects(scope) ? PushBasis() : nil) },
                &receiving.context)
        } catch {
            if case .unknownScope(let scope) = error { throw .notPermitted(scope: scope, member: parameters.peer) }
            throw .refused(reason: "\(error)")
        }
        guard !deltas.isEmpty else { throw .malformed(kind: FrameKind.push.rawValue) }
        // First what says who may write the rest.
        for delta in deltas where delta.header.scope == .chain { try checkChain(delta) }
        for delta in deltas { try check(delta.header) }
        counts.recordsReceived += deltas.reduce(0) { $0 + $1.records.count }
        let wanted = deltas.filter { suspended[$0.header.scope] == nil }
        arrive(deltas.map(\.header), bytes: Frame.wireBytes(body: byteCount), memory: wanted.memoryBytes)
        requests.append(.join(wanted, ordinal: receiving.ordinal))
    }

    /// Whether the other side may bring this: the scope is one that both want, and whoever wrote it may have. The scope `chain`
    /// says itself who may, and is judged with its records (`ChainCheck`).
    private func check(_ header: DeltaHeader) throws(SessionError) {
        let scope = header.scope
        guard expects(scope) else {
            throw .notPermitted(scope: scope, member: parameters.peer)
        }
        guard scope != .chain else { return }
        for (origin, point) in header.cut.points where point.sequence > header.base[origin]?.sequence ?? 0 {
            guard access.mayWrite(origin.member, scope) || Mutants.isOn("anybody-writes-anywhere") else {
                throw .notPermitted(scope: scope, member: origin.member)
            }
        }
    }

    private mutating func arrive(_ headers: [DeltaHeader], bytes: Int, memory: Int) {
        receiving.ordinal += 1
        receiving.waitingBytes += memory
        counts.deltasReceived += headers.count
        let cuts = headers.map { (scope: $0.scope, cut: $0.cut) }
        // From here on the other side's pushes build on these.
        for header in headers { heard[header.scope, default: PushBasis()].takeIn(header) }
        receiving.arrivals.append(Arrival(ordinal: receiving.ordinal, cuts: cuts, bytes: bytes, memoryBytes: memory))
        if Mutants.isOn("joined-is-said-before-it-is") { emit(.acknowledge(receiving.ordinal)) }
    }

    private mutating func takeBegin(
        _ header: DeltaHeader, _ records: UInt64, _ byteCount: Int
    ) throws(SessionError) {
        guard receiving.bulk == nil else { throw .unexpected(kind: FrameKind.begin.rawValue) }
        try check(header)
        let decoder: PieceDecoder
        do throws(PieceError) {
            decoder = try PieceDecoder(header)
        } catch {
            throw .internalTrouble(reason: "\(error)")
        }
        let chainCheck = try beginChainCheck(header)
        let isIgnored = suspended[header.scope] != nil
        let isResumed = receiving.staged.removeValue(forKey: header.scope)?.header == header
        let isSmall = records <= parameters.bounds.joinedRecords && !isResumed
        receiving.bulk = Incoming(
            header: header, recordCount: records, decoder: decoder, collected: isSmall ? [] : nil,
            isResumed: isResumed, isIgnored: isIgnored, chainCheck: chainCheck)
        if !isSmall, !isIgnored { requests.append(.stage(header)) }
        spend(Frame.wireBytes(body: byteCount))
    }

    private mutating func takePiece(_ bytes: [UInt8], _ byteCount: Int) throws(SessionError) {
        guard var bulk = receiving.bulk else { throw .unexpected(kind: FrameKind.piece.rawValue) }
        let wire = Frame.wireBytes(body: byteCount)
        guard !bulk.isIgnored else { return spend(wire) }
        let records: [DeltaRecord]
        do throws(PieceError) {
            records = try bulk.decoder.decode(bytes)
        } catch {
            throw .refused(reason: "\(error)")
        }
        guard try goOn(records, with: &bulk.chainCheck) else { return spend(wire) }
        bulk.received += UInt64(records.count)
        guard bulk.received <= bulk.recordCount else { throw .malformed(kind: FrameKind.piece.rawValue) }
        counts.recordsReceived += records.count
        let memory = records.reduce(0) { $0 + $1.memoryBytes }
        if let collected = bulk.collected {
            bulk.collectedBytes += wire
            bulk.collectedMemory += memory
            // Kept only as far as credit goes without being given back, and as memory does.
            if bulk.collectedBytes <= parameters.bounds.creditBytes / 2,
                bulk.collectedMemory <= parameters.bounds.waitingBytes / 2
            {
                bulk.collected = collected + records
            } else {
                requests.append(.stage(bulk.header))
                stage(collected + records, of: bulk, bulk.collectedBytes, bulk.collectedMemory)
                (bulk.collected, bulk.collectedBytes, bulk.collectedMemory) = (nil, 0, 0)
            }
        } else {
            stage(records, of: bulk, wire, memory)
        }
        receiving.bulk = bulk
    }

    private mutating func stage(_ records: [DeltaRecord], of bulk: Incoming, _ wireBytes: Int, _ memoryBytes: Int) {
        receiving.waitingBytes += memoryBytes
        requests.append(
            .stageRecords(bulk.header.scope, records, StagedSize(wireBytes: wireBytes, memoryBytes: memoryBytes)))
    }

    private mutating func takeEnd(_ byteCount: Int) throws(SessionError) {
        guard let bulk = receiving.bulk else { throw .unexpected(kind: FrameKind.end.rawValue) }
        receiving.bulk = nil
        let isComplete = bulk.received == bulk.recordCount || Mutants.isOn("missing-pieces-are-not-missed")
        guard bulk.isIgnored || bulk.isResumed || isComplete else {
            // Nobody knows which are missing: what is staged must not be gone on with.
            requests.append(.unstage(bulk.header.scope))
            throw .malformed(kind: FrameKind.end.rawValue)
        }
        if !bulk.isIgnored { try endChainCheck(bulk.chainCheck) }
        arrive(
            [bulk.header], bytes: Frame.wireBytes(body: byteCount) + bulk.collectedBytes, memory: bulk.collectedMemory)
        if bulk.isIgnored {
            requests.append(.join([], ordinal: receiving.ordinal))
        } else if let records = bulk.collected {
            requests.append(.join([Delta(header: bulk.header, records: records)], ordinal: receiving.ordinal))
        } else {
            requests.append(.publish(bulk.header.scope, ordinal: receiving.ordinal, records: bulk.recordCount))
        }
    }

    mutating func takeJoined(_ ordinal: UInt64, _ refused: [Scope: SessionError]) {
        refuse(refused)
        guard let index = receiving.arrivals.firstIndex(where: { $0.ordinal == ordinal }) else { return }
        guard !receiving.arrivals[index].isJoined else { return }
        receiving.arrivals[index].isJoined = true
        receiving.waitingBytes -= receiving.arrivals[index].memoryBytes
        var last: UInt64?
        while let arrival = receiving.arrivals.first, arrival.isJoined {
            receiving.arrivals.removeFirst()
            last = arrival.ordinal
            for (scope, cut) in arrival.cuts { told[scope, default: PushBasis()].takeIn(cut) }
            spend(arrival.bytes)
        }
        if let last, !Mutants.isOn("joined-is-said-before-it-is") { emit(.acknowledge(last)) }
    }

    /// Gives credit back once enough has gathered.
    mutating func spend(_ bytes: Int) {
        receiving.spent += Int64(bytes)
        if Mutants.isOn("credit-is-not-given-back") { return }
        guard receiving.spent >= Int64(parameters.bounds.creditBytes / 4) else { return }
        emit(.credit(UInt64(receiving.spent)))
        receiving.credit += receiving.spent
        receiving.spent = 0
    }
}

extension Frame {
    /// Its body, kind and length.
    static func wireBytes(body: Int) -> Int {
        let length = body + 1
        return length + (length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : 4)
    }
}

extension Array<Delta> {
    /// Of their records.
    fileprivate var memoryBytes: Int { reduce(0) { $0 + $1.records.reduce(0) { $0 + $1.memoryBytes } } }
}
