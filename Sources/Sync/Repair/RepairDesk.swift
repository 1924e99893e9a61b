internal import CRDT
public import Replica

/// Finds and mends what differs between two replicas that hold the same transactions of a scope, turn by turn.
///
/// Sales may go on meanwhile. Then the two no longer stand at the same cut, a turn comes to nothing, and whoever asked begins
/// anew. What takes time only reads (`examine`), and may be done on a reader's snapshot beside the owner; what writes (`take`,
/// `mend`) is short, and holds only if the replica still stands where it was read.
public struct RepairDesk {
    private let replica: Replica

    /// Into how many ranges a range that differs is split.
    private static let fanOut = 16
    /// Records of ranges with no more are sent.
    private static let smallRange = 32
    /// The most records, those of nothing but touch marks included, that are read of such a range.
    private static let keyLimit = 4096
    /// The most records that are asked for before any is put back.
    private static let asideLimit = 1024
    /// A turn holds no more records, as they lie in memory; one of the largest size fits. What is left out is found again.
    private static let sentBytes = 1 << 20
    /// The most that a turn from elsewhere may hold.
    static let takenBytes = 1 << 22

    public init(_ replica: Replica) {
        self.replica = replica
    }

    public func standing(of scope: Scope) -> RepairStanding {
        let aside = replica.quarantinedKeys.filter { $0.scope == scope }
        return RepairStanding(
            scope: scope, mark: replica.mark(of: scope), digest: replica.digest(of: scope),
            aside: Array(aside.prefix(Self.asideLimit)), asideCount: aside.count,
            isDoubtful: replica.doubtfulScopes.contains(scope))
    }

    /// Compares what the other side says with what is held, and writes nothing.
    ///
    /// - Parameter peer: who sent it.
    /// - Throws: `SessionError` for a piece that breaks the grammar, or the rules of a turn.
    public func examine(_ turn: RepairTurn, from peer: RepairPeer) throws -> RepairStep {
        let standing = standing(of: turn.scope)
        guard turn.form != .unable, let digest = standing.digest, standing.aside.isEmpty else {
            return RepairStep(reply: .unable(turn.scope, isAnswer: !turn.isAnswer))
        }
        func reply(_ moves: [RepairMove] = [], _ form: RepairTurn.Form = .plain) -> RepairTurn {
            RepairTurn(
                scope: turn.scope, isAnswer: !turn.isAnswer, form: form, mark: standing.mark, digest: digest, moves: moves)
        }
        guard turn.mark == standing.mark else { return RepairStep(reply: reply()) }
        if turn.form == .same {
            return RepairStep(reply: reply(), sums: try replica.rowSums(of: turn.scope), isDigestWrong: true)
        }
        guard !turn.moves.isEmpty else {
            let isAsked = !turn.isAnswer && (turn.form == .doubtful || turn.digest != digest)
            return RepairStep(
                reply: reply(isAsked ? [.offer(try offer(turn.scope, from: nil, upTo: nil))] : []))
        }
        var (moves, records, budget) = ([RepairMove](), [DeltaRecord](), Self.sentBytes)
        for move in turn.moves {
            switch move {
            case .offer(let offer): moves += try compare(offer, &budget)
            case .records(let theirs):
                records += try decode(theirs)
                guard records.reduce(0, { $0 + $1.memoryBytes }) <= Self.takenBytes else {
                    throw SessionError.refused(reason: "too many records in one turn of a repair")
                }
                if theirs.wantsAnswer { moves += try answer(theirs, &budget) }
            }
        }
        let isWhole = turn.moves.count == 1 && turn.moves[0].lower == nil && turn.moves[0].upper == nil
        guard moves.isEmpty, records.isEmpty, isWhole, turn.isAnswer else {
            let needsSums = try records.contains(where: hasNews)
            return RepairStep(
                reply: reply(Array(moves.prefix(RepairTurn.moveLimit))), records: records,
                sums: needsSums ? try replica.rowSums(of: turn.scope) : nil)
        }
        return RepairStep(reply: reply([], .same), sums: try replica.rowSums(of: turn.scope), isDigestWrong: true)
    }

    /// Writes what a turn has brought, and completes the reply.
    public func take(_ step: RepairStep, from peer: RepairPeer) throws -> RepairTurn {
        var reply = step.reply
        let scope = reply.scope
        guard replica.mark(of: scope) == reply.mark else { return .unable(scope, isAnswer: reply.isAnswer) }
        if step.isDigestWrong, let sums = step.sums {
            try replica.correctDigest(with: sums) { peer.vouches(for: $0, in: scope) }
        }
        if !step.records.isEmpty {
            _ = try replica.reconcile(
                step.records, of: scope, from: peer.member, at: replica.cut(of: scope), knowing: step.sums,
                under: peer.arbiter
            ) { peer.vouches(for: $0, in: scope) }
        }
        guard let digest = replica.digest(of: scope) else { return .unable(scope, isAnswer: reply.isAnswer) }
        reply.digest = digest
        return reply
    }

    private func hasNews(_ theirs: DeltaRecord) throws -> Bool {
        !Set(try replica.record(theirs.key).cells).isSuperset(of: try theirs.cells())
    }
}

extension RepairDesk {
    private func compare(_ offer: RepairOffer, _ budget: inout Int) throws -> [RepairMove] {
        var moves: [RepairMove] = []
        for (index, range) in offer.ranges.enumerated() {
            let upper = index + 1 < offer.ranges.count ? offer.ranges[index + 1].lower : offer.upper
            let mine = try replica.fingerprint(of: offer.scope, from: range.lower, upTo: upper)
            guard mine != range.sum else { continue }
            if max(mine.count, range.sum.count) <= Self.smallRange || mine.count <= 1 {
                moves += try records(offer.scope, from: range.lower, upTo: upper, wantsAnswer: true, &budget)
            } else {
                moves.append(.offer(try self.offer(offer.scope, from: range.lower, upTo: upper)))
            }
        }
        return moves
    }

    private func decode(_ theirs: RepairRecords) throws -> [DeltaRecord] {
        let header = RepairRecords.header(theirs.scope, replica.cut(of: theirs.scope))
        let records = try Self.decode(theirs.piece, header)
        let isInside = records.allSatisfy { record in
            theirs.lower.map { $0 <= record.key } ?? true && theirs.upper.map { record.key < $0 } ?? true
        }
        guard isInside, records.count <= RepairRecords.recordLimit else {
            throw SessionError.refused(reason: "records outside the range that they were sent for")
        }
        return records
    }

    private static func decode(_ piece: [UInt8], _ header: DeltaHeader) throws -> [DeltaRecord] {
        do throws(PieceError) {
            return try PieceDecoder(header).decode(piece)
        } catch {
            throw SessionError.refused(reason: "\(error)")
        }
    }

    /// This side's records of a range, as they are before the other side's are taken in.
    private func answer(_ theirs: RepairRecords, _ budget: inout Int) throws -> [RepairMove] {
        let (scope, lower, upper) = (theirs.scope, theirs.lower, theirs.upper)
        let limit = RepairRecords.recordLimit
        guard try replica.keys(of: scope, from: lower, upTo: upper, limit: limit + 1).count <= limit else {
            return [.offer(try offer(scope, from: lower, upTo: upper))]
        }
        return try records(scope, from: lower, upTo: upper, wantsAnswer: false, &budget)
    }

    private func offer(_ scope: Scope, from lower: RecordKey?, upTo upper: RecordKey?) throws -> RepairOffer {
        let bounds = [lower] + (try replica.split(scope, from: lower, upTo: upper, into: Self.fanOut)).map(Optional.some)
        let ranges = try bounds.indices.map { index in
            let end = index + 1 < bounds.count ? bounds[index + 1] : upper
            return RepairOffer.Range(
                lower: bounds[index], sum: try replica.fingerprint(of: scope, from: bounds[index], upTo: end))
        }
        return RepairOffer(scope: scope, ranges: ranges, upper: upper)
    }

    /// What is held in a range, in as many parts as pieces need, as far as the budget goes.
    private func records(
        _ scope: Scope, from lower: RecordKey?, upTo upper: RecordKey?, wantsAnswer: Bool, _ budget: inout Int
    ) throws -> [RepairMove] {
        guard budget > 0 else { return [] }
        let records = try replica.keys(of: scope, from: lower, upTo: upper, limit: Self.keyLimit)
            .compactMap { key -> DeltaRecord? in
                let cells = try replica.record(key).cells
                return cells.isEmpty ? nil : try DeltaRecord(key: key, cells: cells)
            }
        let encoder = try PieceEncoder(RepairRecords.header(scope, replica.cut(of: scope)))
        var (parts, first, begin): ([RepairMove], Int, RecordKey?) = ([], 0, lower)
        repeat {
            var last = first
            while last < records.count, last - first < RepairRecords.recordLimit, last == first || budget > 0 {
                budget -= records[last].memoryBytes
                last += 1
            }
            let (piece, count) = try encoder.encode(Array(records[first..<last]))
            first += count
            let end = first < records.count ? records[first].key : upper
            parts.append(
                .records(RepairRecords(scope: scope, lower: begin, upper: end, wantsAnswer: wantsAnswer, piece: piece)))
            begin = end
        } while first < records.count && budget > 0
        return parts
    }
}

extension RepairDesk {
    /// What is held of records that are damaged at the other side.
    public func find(_ keys: [RecordKey], of scope: Scope) throws -> Mending {
        guard replica.holds(scope), replica.digest(of: scope) != nil else { return .nothing(of: scope) }
        let aside = Set(replica.quarantinedKeys)
        var (told, records, budget) = ([RecordKey](), [DeltaRecord](), Self.sentBytes)
        for key in keys where !aside.contains(key) && budget > 0 {
            let cells = try replica.record(key).cells
            told.append(key)
            guard !cells.isEmpty else { continue }
            let record = try DeltaRecord(key: key, cells: cells)
            budget -= record.memoryBytes
            records.append(record)
        }
        guard !told.isEmpty else { return .nothing(of: scope) }
        let cut = replica.cut(of: scope)
        let (piece, count) = try PieceEncoder(RepairRecords.header(scope, cut)).encode(records)
        // A piece ends where it is full: what lies behind is asked for again.
        let isAll = count == records.count
        return Mending(
            scope: scope, keys: isAll ? told : told.filter { $0 < records[count].key }, cut: cut, piece: piece)
    }

    /// Puts records back that were set aside.
    ///
    /// - Parameters:
    ///   - mendings: of one scope, in the order of their keys. What was told at another cut than the last one is left out.
    ///   - peer: who has told of them.
    ///   - milliseconds: the wall clock, in milliseconds since 1970.
    /// - Returns: how the scope stands then; nil if nothing was told.
    public func mend(_ mendings: [Mending], from peer: RepairPeer, at milliseconds: Int64) throws -> RepairStanding? {
        guard let last = mendings.last else { return nil }
        let (scope, cut) = (last.scope, last.cut)
        var byKey: [RecordKey: [Cell]] = [:]
        for mending in mendings where mending.scope == scope && mending.cut == cut {
            for key in mending.keys { byKey[key] = [] }
            let named = Set(mending.keys)
            let records = try Self.decode(mending.piece, RepairRecords.header(scope, cut))
            guard records.reduce(0, { $0 + $1.memoryBytes }) <= Self.takenBytes else {
                throw SessionError.refused(reason: "too many records in one answer")
            }
            for record in records {
                guard named.contains(record.key) else {
                    throw SessionError.refused(reason: "a record that was not asked for")
                }
                byKey[record.key] = try record.cells()
            }
        }
        let told = byKey.sorted { $0.key < $1.key }.map { (key: $0.key, cells: $0.value) }
        // Nobody vouches for what several have told, but the heads.
        if peer.speaksToRegistrar, let whole = try replica.gather(told, of: scope, at: cut) {
            let cut = replica.cut(of: scope)
            let believesAll = isLastResort(nil, whole, of: scope, at: cut)
            _ = try replica.mend(whole, of: scope, peer: cut, at: milliseconds) { _ in believesAll }
        } else {
            let believesAll = peer.speaksToRegistrar && isLastResort(peer, told, of: scope, at: cut)
            _ = try replica.mend(told, of: scope, peer: cut, at: milliseconds) {
                believesAll || peer.vouches(for: $0, in: scope)
            }
        }
        return standing(of: scope)
    }

    /// Nobody stands above the registrar, and what came in for a record while it was aside makes their memory worthless. Then the
    /// member whose scope it is must be believed; of others anybody, once what it tells was told often and never contradicted.
    ///
    /// - Parameter peer: nil if several have told it.
    private func isLastResort(
        _ peer: RepairPeer?, _ told: [(key: RecordKey, cells: [Cell])], of scope: Scope, at cut: Cut
    ) -> Bool {
        switch scope.kind {
        case .books, .stock: scope.member == peer?.member
        case .chain, .customers, .mailbox, nil:
            replica.unprovenCount(of: told, of: scope, at: cut) >= Self.declinedMendings
        }
    }

    private static let declinedMendings = 8
}
