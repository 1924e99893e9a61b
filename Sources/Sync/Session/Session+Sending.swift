internal import CRDT
internal import Replica

/// What goes out once both sides are ready: small news at once, large deltas in pieces, both as far as credit goes.
extension Session {
    struct Sending {
        /// Scopes in which there may be something that the other side lacks.
        var dirty: Set<Scope> = []
        /// How many more bytes of data the other side takes. A frame may overdraw it once.
        var credit: Int64 = 0
        var isExtracting = false
        var context = PushContext()
        /// How many pushes and ends were sent.
        var ordinal: UInt64 = 0
        /// What is sent and not acknowledged, in order.
        var flights: [Flight] = []
        /// Scopes whose news are too much for a push, and wait for their turn.
        var large: [Scope] = []
        var bulk: Bulk?
        /// Signed words that wait for credit, the newest of each origin.
        var words: [Doubt: SignedCheckpoint] = [:]
        /// What the other side holds of large deltas from an earlier session, by scope.
        var staged: [Scope: Standing.Staged] = [:]
    }

    struct Flight {
        let ordinal: UInt64
        let cuts: [(scope: Scope, cut: Cut)]
        var spool: SpoolID?
    }

    /// A large delta on its way out.
    struct Bulk {
        let scope: Scope
        /// nil until it is ready.
        var spool: Spool?
        var hasBegun = false
        /// The piece to ask for next, and the one to send next.
        var wanted = 0
        var next = 0
        /// Pieces that have come and wait for credit.
        var ready: ArraySlice<[UInt8]> = []
    }

    /// Sends on whatever can go.
    mutating func pump(at now: Moment) {
        guard phase == .open, isWritable else { return }
        guard sending.credit > 0 else {
            let isEmpty =
                sending.dirty.isEmpty && sending.large.isEmpty && sending.bulk == nil && sending.words.isEmpty
                && repairing.unsent.isEmpty
            times.starvedSince = isEmpty ? nil : times.starvedSince ?? now.monotonic
            return
        }
        times.starvedSince = nil
        pumpWords()
        pumpBulk(at: now)
        pumpRepairs(at: now)
        guard sending.credit > 0, !sending.isExtracting, sending.flights.count < Self.flightLimit else { return }
        let busy = Set(sending.large).union(sending.bulk.map { [$0.scope] } ?? [])
        let scopes = sending.dirty.subtracting(busy)
        guard !scopes.isEmpty else { return }
        sending.dirty.subtract(scopes)
        sending.isExtracting = true
        requests.append(.extract(Dictionary(uniqueKeysWithValues: scopes.map { ($0, told[$0]?.cut ?? Cut()) })))
    }

    /// The most pushes and ends that wait to be acknowledged.
    private static let flightLimit = 1024
    /// The most pieces that are asked for before they are sent.
    private static let piecesAhead = 4

    mutating func takeExtracted(
        _ deltas: [Delta], _ large: [Scope], _ refused: [Scope: SessionError], at now: Moment
    ) {
        sending.isExtracting = false
        refuse(refused)
        var deltas = deltas.filter { shares($0.header.scope) }
        if sending.credit <= 0 || !isWritable {
            // Used up since they were asked for; by when there is more, there may be other news.
            if !Mutants.isOn("news-without-credit-forgotten") { sending.dirty.formUnion(deltas.map(\.header.scope)) }
            deltas = []
        }
        var tooLarge = large.filter { shares($0) }
        if !deltas.isEmpty {
            do throws(PushError) {
                let known = told
                let bytes = try codecs.pushEncoder.encode(deltas, known: { known[$0] ?? PushBasis() }, &sending.context)
                emit(.push(bytes))
                counts.recordsSent += deltas.reduce(0) { $0 + $1.records.count }
                launch(deltas.map(\.header), spool: nil, at: now)
            } catch {
                // A whole state, or more than a push may be.
                tooLarge += deltas.map(\.header.scope)
            }
        }
        if !Mutants.isOn("news-too-large-for-a-push-forgotten") { sending.large += tooLarge.sorted() }
        pump(at: now)
    }

    /// Notes that what these headers bring is on its way.
    private mutating func launch(_ headers: [DeltaHeader], spool: SpoolID?, at now: Moment) {
        sending.ordinal += 1
        for header in headers where !Mutants.isOn("sent-news-is-not-noted") {
            told[header.scope, default: PushBasis()].takeIn(header)
        }
        let cuts = headers.map { (scope: $0.scope, cut: $0.cut) }
        sending.flights.append(Flight(ordinal: sending.ordinal, cuts: cuts, spool: spool))
        if times.unacknowledgedSince == nil { times.unacknowledgedSince = now.monotonic }
    }

    mutating func takeAcknowledged(_ ordinal: UInt64, at now: Moment) throws(SessionError) {
        guard ordinal <= sending.ordinal else { throw .invented(scope: nil) }
        guard let first = sending.flights.first, first.ordinal <= ordinal else {
            throw .invented(scope: nil)
        }
        while let flight = sending.flights.first, flight.ordinal <= ordinal {
            sending.flights.removeFirst()
            for (scope, cut) in flight.cuts where !Mutants.isOn("acknowledged-news-is-not-noted") {
                heard[scope, default: PushBasis()].takeIn(cut)
            }
            if let spool = flight.spool { requests.append(.forget(spool)) }
        }
        times.unacknowledgedSince = sending.flights.isEmpty ? nil : now.monotonic
        pump(at: now)
    }

    mutating func takeCredit(_ bytes: UInt64, at now: Moment) throws(SessionError) {
        let (sum, overflows) = sending.credit.addingReportingOverflow(Int64(clamping: bytes))
        guard bytes > 0, !overflows, sum <= Self.creditLimit else { throw .malformed(kind: FrameKind.credit.rawValue) }
        sending.credit = sum
        pump(at: now)
    }

    /// More than anyone keeps in memory for another.
    static let creditLimit: Int64 = 1 << 40

    // MARK: Large deltas

    private mutating func pumpBulk(at now: Moment) {
        sendReady(at: now)
        if sending.bulk == nil, let scope = sending.large.first {
            sending.large.removeFirst()
            sending.bulk = Bulk(scope: scope)
            requests.append(.spool(scope, told[scope]?.cut ?? Cut()))
        }
        guard var bulk = sending.bulk, let spool = bulk.spool else { return }
        while bulk.wanted < spool.pieces.count, bulk.wanted - bulk.next < Self.piecesAhead {
            requests.append(.piece(spool.id, bulk.wanted))
            bulk.wanted += 1
        }
        sending.bulk = bulk
    }

    mutating func takeSpool(_ scope: Scope, _ spool: Spool?, at now: Moment) {
        guard var bulk = sending.bulk, bulk.scope == scope, bulk.spool == nil, shares(scope) else {
            if let spool { requests.append(.forget(spool.id)) }
            if sending.bulk?.scope == scope { sending.bulk = nil }
            return pump(at: now)
        }
        guard let spool else {
            sending.bulk = nil
            return pump(at: now)
        }
        // What an earlier session brought is not sent again.
        if let staged = sending.staged.removeValue(forKey: scope), staged.header == spool.header {
            bulk.next = spool.pieces.firstIndex { $0.last > staged.last } ?? spool.pieces.count
            if bulk.next < spool.pieces.count, Mutants.isOn("resuming-skips-a-piece") { bulk.next += 1 }
            bulk.wanted = bulk.next
        }
        bulk.spool = spool
        sending.bulk = bulk
        pump(at: now)
    }

    mutating func takePiece(_ id: SpoolID, _ index: Int, _ bytes: [UInt8], at now: Moment) {
        guard var bulk = sending.bulk, bulk.spool?.id == id else { return }
        precondition(
            bulk.next + bulk.ready.count == index, "pieces are answered in the order in which they are asked for")
        bulk.ready.append(bytes)
        sending.bulk = bulk
        pump(at: now)
    }

    /// Sends what is ready of a large delta, as far as credit goes: it may be used up since the pieces were asked for.
    private mutating func sendReady(at now: Moment) {
        guard sending.credit > 0, var bulk = sending.bulk, let spool = bulk.spool else { return }
        if !bulk.hasBegun {
            emit(.begin(spool.header, records: UInt64(spool.recordCount)))
            bulk.hasBegun = true
        }
        while sending.credit > 0, let piece = bulk.ready.popFirst() {
            emit(.piece(piece))
            bulk.next += 1
        }
        sending.bulk = bulk
        guard sending.credit > 0, bulk.next == spool.pieces.count else { return }
        sending.bulk = nil
        // Even if the scope was left out meanwhile: what has begun must end before another can begin.
        emit(.end)
        counts.recordsSent += spool.recordCount
        launch([spool.header], spool: spool.id, at: now)
        let origins = spool.header.cut.points.filter { spool.header.base.vector.sequence(of: $0.origin) < $0.point.sequence }
        requests.append(.checkpoints(origins.map { Doubt(scope: bulk.scope, origin: $0.origin) }))
        // Something may have happened since the pieces were read.
        if shares(bulk.scope), !Mutants.isOn("news-behind-a-large-delta-forgotten") { sending.dirty.insert(bulk.scope) }
    }

    /// A word about transactions that the other side does not hold yet would be lost on it: those come first, also if this session
    /// has not heard of them yet.
    private mutating func pumpWords() {
        guard !sending.words.isEmpty, !sending.isExtracting else { return }
        let waiting = sending.dirty.union(sending.large).union(sending.bulk.map { [$0.scope] } ?? [])
        let told = sending.words.filter {
            self.told[$0.key.scope]?.cut[$0.key.origin]?.sequence ?? 0 >= $0.value.point.sequence
        }
        var ready = told.keys.filter { !waiting.contains($0.scope) }[...]
        ready.sort { ($0.scope, $0.origin) < ($1.scope, $1.origin) }
        while sending.credit > 0, !ready.isEmpty {
            let next = ready.prefix(FrameLimits.checkpoints)
            ready.removeFirst(next.count)
            emit(.checkpoints(next.compactMap { sending.words.removeValue(forKey: $0) }))
        }
    }

    mutating func refuse(_ refused: [Scope: SessionError]) {
        for (scope, error) in refused.sorted(by: { $0.key < $1.key }) { refuse(scope, error) }
    }

    /// Leaves a scope out for the rest of the session, and says so.
    mutating func refuse(_ scope: Scope, _ error: SessionError) {
        guard suspended[scope] == nil else { return }
        suspend(scope, because: error)
        emit(.refuse(scope, code: error.code, detail: error.description))
        if phase == .open, callsForSettling(error) { close(because: .finished) }
    }

    /// Whether headquarters know another past, of this incarnation or of somebody about whom this side gives way: that is settled when
    /// a session opens, and this one may last long.
    private func callsForSettling(_ error: SessionError) -> Bool {
        guard access.isHeadquarters(parameters.peer) else { return false }
        return switch error {
        case .invented: true
        case .forked(let scope, let origin, _): origin == parameters.origin || mayYield(in: scope)
        default: false
        }
    }
}

extension PushBasis {
    /// A delta went this way.
    mutating func takeIn(_ header: DeltaHeader) {
        let before = cut
        advance(past: header)
        cut = before.joined(with: header.cut)
    }

    /// The receiver holds this, too, because it brought it itself.
    mutating func takeIn(_ cut: Cut) {
        self.cut = self.cut.joined(with: cut)
    }
}

extension Cut {
    /// The further point of each origin; of equally far ones that of `other`.
    func joined(with other: Cut) -> Cut {
        if vector.isEmpty || other.vector.covers(vector), other.points.count >= points.count { return other }
        return Cut(
            VersionVector(vector.entries).joined(with: other.vector).entries.map { entry in
                let theirs = other[entry.origin]
                let point = theirs?.sequence == entry.sequence ? theirs : self[entry.origin]
                return (entry.origin, point ?? ChainPoint(sequence: entry.sequence, hash: .zero))
            })
    }
}
