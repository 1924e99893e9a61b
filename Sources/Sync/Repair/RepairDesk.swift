internal import CRDT
public import Replica

/// Finds and mends what differs between two replicas that hold the same transactions of a scope, step by step: each takes what
/// the other side sent and says what to send back.
///
/// Sales may go on meanwhile. Then the two no longer stand at the same cut, every step comes to nothing, and the next
/// session begins anew.
public struct RepairDesk {
    private let replica: Replica

    /// Into how many ranges a range that differs is split.
    private static let fanOut = 16
    /// Records of ranges with no more are sent.
    private static let smallRange = 32
    /// The most records, those of nothing but touch marks included, that are read of such a range.
    private static let keyLimit = 4096

    public init(_ replica: Replica) {
        self.replica = replica
    }

    /// The first step.
    ///
    /// - Parameter cut: at which both sides stood.
    public func begin(_ scope: Scope, at cut: Cut) throws -> [RepairMove] {
        guard stands(at: cut, scope) else { return [] }
        return [.offer(try offer(scope, from: nil, upTo: nil))]
    }

    /// Compares what the other side holds, range by range.
    public func answer(_ offer: RepairOffer, at cut: Cut) throws -> [RepairMove] {
        guard stands(at: cut, offer.scope) else { return [] }
        var moves: [RepairMove] = []
        for (index, range) in offer.ranges.enumerated() {
            let upper = index + 1 < offer.ranges.count ? offer.ranges[index + 1].lower : offer.upper
            let mine = try replica.fingerprint(of: offer.scope, from: range.lower, upTo: upper)
            guard mine != range.sum else { continue }
            if max(mine.count, range.sum.count) <= Self.smallRange || mine.count <= 1 {
                moves += try records(offer.scope, from: range.lower, upTo: upper, wantsAnswer: true).map(RepairMove.records)
            } else {
                moves.append(.offer(try self.offer(offer.scope, from: range.lower, upTo: upper)))
            }
        }
        // All rows are equal: a sum over them is what was damaged.
        if moves.isEmpty { try replica.correctDigest(of: offer.scope) }
        return moves
    }

    /// Takes the other side's records of a range in.
    ///
    /// - Parameter peer: the member that sent them.
    /// - Throws: `PieceError` for a piece that was not made at this cut, or breaks the grammar.
    public func answer(_ theirs: RepairRecords, from peer: UInt32, at cut: Cut) throws -> [RepairMove] {
        let scope = theirs.scope
        guard stands(at: cut, scope) else { return [] }
        let records = try PieceDecoder(Self.header(scope, cut)).decode(theirs.piece)
        let isInside = records.allSatisfy { record in
            theirs.lower.map { $0 <= record.key } ?? true && theirs.upper.map { record.key < $0 } ?? true
        }
        guard isInside, records.count <= RepairRecords.recordLimit else {
            throw SessionError.refused(reason: "records outside the range that they were sent for")
        }
        var moves: [RepairMove] = []
        if theirs.wantsAnswer {
            // As they were before.
            let count = try replica.keys(
                of: scope, from: theirs.lower, upTo: theirs.upper, limit: RepairRecords.recordLimit + 1
            ).count
            if count > RepairRecords.recordLimit {
                moves.append(.offer(try offer(scope, from: theirs.lower, upTo: theirs.upper)))
            } else {
                moves += try self.records(scope, from: theirs.lower, upTo: theirs.upper, wantsAnswer: false)
                    .map(RepairMove.records)
            }
        }
        for record in records {
            try replica.reconcile(record.key, with: try record.cells(), from: peer, at: cut)
        }
        try replica.correctDigest(of: scope)
        return moves
    }

    private func stands(at cut: Cut, _ scope: Scope) -> Bool {
        replica.cut(of: scope) == cut && replica.digest(of: scope) != nil
            && !replica.quarantinedKeys.contains { $0.scope == scope }
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

    /// What is held in a range, in as many parts as pieces need.
    private func records(
        _ scope: Scope, from lower: RecordKey?, upTo upper: RecordKey?, wantsAnswer: Bool
    ) throws -> [RepairRecords] {
        let records = try replica.keys(of: scope, from: lower, upTo: upper, limit: Self.keyLimit)
            .compactMap { key -> DeltaRecord? in
                let cells = try replica.record(key).cells
                return cells.isEmpty ? nil : try DeltaRecord(key: key, cells: cells)
            }
        let encoder = try PieceEncoder(Self.header(scope, replica.cut(of: scope)))
        var (parts, first, begin): ([RepairRecords], Int, RecordKey?) = ([], 0, lower)
        repeat {
            let part = Array(records[first..<min(records.count, first + RepairRecords.recordLimit)])
            let (piece, count) = try encoder.encode(part)
            first += count
            let end = first < records.count ? records[first].key : upper
            parts.append(
                RepairRecords(scope: scope, lower: begin, upper: end, wantsAnswer: wantsAnswer, piece: piece))
            begin = end
        } while first < records.count
        return parts
    }

    private static func header(_ scope: Scope, _ cut: Cut) -> DeltaHeader {
        DeltaHeader(scope: scope, base: Cut(), cut: cut, horizon: VersionVector(), reach: .wholeState, runs: [])
    }
}
