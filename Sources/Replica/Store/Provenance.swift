internal import CRDT

/// By whom the transactions of one scope came: what a relay brought stays marked until the origin vouches for it.
///
///     value   varint: scope; varint: number of origins; each, ascending:
///             8 bytes of origin; varint: number of turns; each, ascending:
///             varint: beyond, less that of the turn before; varint: the member that brought them + 1, or 0 for none to doubt
///
/// A turn lasts until the next one, or the origin's head: news by the same way change nothing.
struct Provenance: Hashable {
    private struct Turn: Hashable {
        /// The last transaction before it.
        var beyond: UInt64
        let via: UInt32?
    }

    /// Each begins with a relay's turn; neighbours differ in their way.
    private var turns: [Origin: [Turn]] = [:]

    /// Beyond so many turns the second one counts as the first one's: more is doubted then, never less.
    static let turnLimit = 16

    var isEmpty: Bool { turns.isEmpty }

    /// Whether anything of an origin is marked.
    func doubts(_ origin: Origin) -> Bool { turns[origin] != nil }

    var doubtedOrigins: [Origin] { turns.keys.sorted() }

    /// Notes by whom news of an origin came; nil if there is nothing to doubt.
    ///
    /// - Returns: whether that is another way than that of the last news.
    mutating func note(_ origin: Origin, beyond sequence: UInt64, via member: UInt32?) -> Bool {
        var turns = turns[origin] ?? []
        guard turns.last?.via != member else { return false }
        turns.append(Turn(beyond: sequence, via: member))
        if turns.count > Self.turnLimit {
            turns.remove(at: 1)
            if turns[1].via == turns[0].via { turns.remove(at: 1) }
        }
        self.turns[origin] = turns
        return true
    }

    /// Takes the marks away up to a transaction that the origin vouches for.
    ///
    /// - Parameter head: the last transaction of the origin that is held.
    /// - Returns: whether there were any.
    mutating func confirm(_ origin: Origin, upTo sequence: UInt64, head: UInt64) -> Bool {
        guard let known = turns[origin], let first = known.first, first.beyond < sequence else { return false }
        var rest = sequence < head ? known[(known.partition { $0.beyond > sequence } - 1)...] : []
        if !rest.isEmpty { rest[rest.startIndex].beyond = sequence }
        if rest.first?.via == nil { rest = rest.dropFirst() }
        turns[origin] = rest.isEmpty ? nil : Array(rest)
        return true
    }

    /// Forgets what came beyond a transaction: it is not held any more.
    mutating func lower(_ origin: Origin, to sequence: UInt64) {
        let rest = (turns[origin] ?? []).filter { $0.beyond < sequence }
        turns[origin] = rest.isEmpty ? nil : rest
    }

    /// What is marked, ascending by origin and sequence.
    ///
    /// - Parameter head: the last transaction of an origin that is held.
    func spans(head: (Origin) -> UInt64) -> [RelayedSpan] {
        turns.sorted { $0.key < $1.key }.flatMap { origin, turns -> [RelayedSpan] in
            let ends = turns.dropFirst().map(\.beyond) + [head(origin)]
            return zip(turns, ends).compactMap { turn, end in
                turn.via.map { RelayedSpan(origin: origin, beyond: turn.beyond, upTo: end, via: $0) }
            }
        }
    }
}

extension Provenance {
    func value(of scope: Scope) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: 16 + turns.count * 16)
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(varint: UInt64(turns.count))
        for (origin, turns) in turns.sorted(by: { $0.key < $1.key }) {
            writer.write(fixed64: origin.rawValue)
            writer.write(varint: UInt64(turns.count))
            var last: UInt64 = 0
            for turn in turns {
                writer.write(varint: turn.beyond - last)
                writer.write(varint: turn.via.map { UInt64($0) + 1 } ?? 0)
                last = turn.beyond
            }
        }
        return writer.bytes
    }

    /// Reads what stands behind the scope.
    init(decoding reader: inout ByteReader) throws(CodecError) {
        for _ in 0..<(try reader.readCount(limit: DeltaHeader.originLimit)) {
            let origin = Origin(rawValue: try reader.readFixed64())
            var known: [Turn] = []
            for _ in 0..<(try reader.readCount(limit: Self.turnLimit)) {
                let start = reader.offset
                let (beyond, overflows) = try (known.last?.beyond ?? 0).addingReportingOverflow(reader.readVarint())
                let code = try reader.readVarint()
                guard !overflows, code <= UInt64(UInt32.max) + 1 else { throw .outOfRange(offset: start) }
                known.append(Turn(beyond: beyond, via: code == 0 ? nil : UInt32(code - 1)))
            }
            turns[origin] = known.isEmpty ? nil : known
        }
        try reader.expectEnd()
    }
}
