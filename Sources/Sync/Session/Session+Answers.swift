internal import CRDT
public import Replica

/// What the replica answers, and what time brings.
extension Session {
    mutating func handle(_ answer: SessionAnswer, at now: Moment) throws(SessionError) {
        switch answer {
        case .standing(let standings): try takeStanding(standings, at: now)
        case .settled(let doubts, let standings, let refused): try takeSettled(doubts, standings, refused, at: now)
        case .knowledge(let scope, let origin, let knowledge): tell(knowledge, of: origin, in: scope)
        case .joined(let ordinal, let refused):
            takeJoined(ordinal, refused)
            pump(at: now)
        case .staged(let scope, let size, let refused):
            if let refused { refuse(scope, refused) }
            receiving.waitingBytes -= size.memoryBytes
            spend(size.wireBytes)
        case .kept(let bytes, _, let refused):
            refuse(refused)
            spend(bytes)
        case .extracted(let deltas, let large, let refused, let checkpoints):
            takeExtracted(deltas, large, refused, at: now)
            tell(checkpoints, at: now)
        case .checkpoints(let checkpoints): tell(checkpoints, at: now)
        case .spooled(let scope, let spool): takeSpool(scope, spool, at: now)
        case .piece(let id, let index, let bytes): takePiece(id, index, bytes, at: now)
        case .done: break
        case .refused(let refused): refuse(refused)
        case .inspected(let standing, let forPeer): takeInspected(standing, forPeer, at: now)
        case .examined(let step): takeExamined(step, at: now)
        case .taken(let reply): takeTaken(reply, at: now)
        case .found(let mending): takeFound(mending, at: now)
        case .mended(let standing): takeMended(standing, at: now)
        case .failed(let error): throw error
        }
    }

    /// Passes checkpoints on, behind the transactions that they are about.
    public mutating func tell(_ checkpoints: [SignedCheckpoint], at now: Moment) {
        guard phase == .open else { return }
        for word in checkpoints where shares(word.scope) && word.origin.member != parameters.peer {
            sending.words[Doubt(scope: word.scope, origin: word.origin)] = word
        }
        pump(at: now)
    }

    /// Whether the other side has acknowledged all that it lacks, as far as is known, and nothing comes in.
    public var isIdle: Bool {
        phase == .open && sending.dirty.isEmpty && sending.flights.isEmpty && sending.large.isEmpty && sending.bulk == nil
            && sending.words.isEmpty && !sending.isExtracting && receiving.bulk == nil && receiving.arrivals.isEmpty
    }

    /// How many pushes and large deltas wait to be acknowledged.
    public var unacknowledgedCount: Int { sending.flights.count }

    /// Bytes that it keeps in memory: of frames that are not read yet, of records that are not joined or staged, of pieces that wait
    /// for the line.
    public var waitingByteCount: Int {
        let pieces = sending.bulk?.ready.reduce(0) { $0 + $1.count } ?? 0
        return reader.waitingCount + receiving.waitingBytes + (receiving.bulk?.collectedMemory ?? 0) + pieces
    }

    /// When `tick` must be called, by the monotonic clock, if nothing else happens before.
    public var nextDeadline: Int64? {
        guard phase != .closed else { return nil }
        let bounds = parameters.bounds
        var deadline = times.lastHeard + bounds.silenceMilliseconds
        if phase != .open { deadline = min(deadline, times.began + bounds.openingMilliseconds) }
        if let frameDeadline { deadline = min(deadline, frameDeadline) }
        if let repairDeadline = repairing.deadline, phase == .open, isWritable, sending.credit > 0 {
            deadline = min(deadline, repairDeadline)
        }
        for since in [times.unacknowledgedSince, times.starvedSince, repairing.askedSince] {
            if let since { deadline = min(deadline, since + bounds.acknowledgementMilliseconds) }
        }
        if parameters.isInitiator, phase == .open { deadline = min(deadline, times.lastPing + bounds.pingMilliseconds) }
        return deadline
    }

    private var frameDeadline: Int64? {
        times.frameBegan.map { $0 + parameters.bounds.frameMilliseconds + Int64(reader.waitingCount / 8) }
    }

    /// What kept a scope out may be settled elsewhere by then, or by the way in which the next session begins.
    private static let leftOutMilliseconds: Int64 = 900_000

    /// Looks at the clock: ends what has waited for too long, breaks silence.
    public mutating func tick(at now: Moment) {
        guard phase != .closed else { return }
        let (bounds, time) = (parameters.bounds, now.monotonic)
        if times.leftOutSince == nil, !suspended.isEmpty, !Mutants.isOn("left-out-for-good") { times.leftOutSince = time }
        if phase != .open, time >= times.began + bounds.openingMilliseconds {
            close(because: .timedOut(.opening))
        } else if let frameDeadline, time >= frameDeadline {
            close(because: .timedOut(.frame))
        } else if time >= times.lastHeard + bounds.silenceMilliseconds, !Mutants.isOn("silence-is-not-noticed") {
            close(because: .timedOut(.silence))
        } else if let since = times.unacknowledgedSince, time >= since + bounds.acknowledgementMilliseconds {
            close(because: .timedOut(.acknowledgement))
        } else if let since = repairing.askedSince, time >= since + bounds.acknowledgementMilliseconds {
            close(because: .timedOut(.acknowledgement))
        } else if let since = times.starvedSince, time >= since + bounds.acknowledgementMilliseconds {
            close(because: .timedOut(.credit))
        } else if parameters.isInitiator, let since = times.leftOutSince, time >= since + Self.leftOutMilliseconds {
            close(because: .finished)
        } else if parameters.isInitiator, phase == .open, time >= times.lastPing + bounds.pingMilliseconds {
            (times.lastPing, times.pingWall) = (time, now.wall)
            emit(.ping(time: UInt64(clamping: now.wall)))
        }
        pumpRepairs(at: now)
    }
}
