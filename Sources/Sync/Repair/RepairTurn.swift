internal import CRDT
public import Replica

/// What one side says in its turn while the two compare a scope at equal cuts, or look why they differ. Questions and answers
/// take turns; nothing is remembered between them but by whoever asks.
///
///     turn = varint scope   byte isAnswer   byte form   (not of form 3:) fixed64 mark   hash digest   varint count, of each move:
///            byte kind   counted(body)
///     form 0: plain. 1: a question, the rows are to be compared although the digests may agree; no moves.
///          2: all rows are equal, a sum over them is not; no moves. 3: an answer, nothing can be said at the moment
///     kind 0: an offer. 1: records
public struct RepairTurn: Hashable, Sendable {
    public enum Form: UInt8, Sendable {
        case plain = 0
        case doubtful = 1
        case same = 2
        case unable = 3
    }

    /// The most moves of a turn.
    public static let moveLimit = 64

    public let scope: Scope
    public let isAnswer: Bool
    public let form: Form
    /// Of the cut at which its sender stands (`Replica.mark`).
    public let mark: UInt64
    /// Of the scope there, after all that was taken in.
    public var digest: Hash128
    /// Ascending ranges of keys that do not overlap.
    public let moves: [RepairMove]

    public init(
        scope: Scope, isAnswer: Bool, form: Form = .plain, mark: UInt64, digest: Hash128, moves: [RepairMove] = []
    ) {
        self.scope = scope
        self.isAnswer = isAnswer
        self.form = form
        self.mark = mark
        self.digest = digest
        self.moves = moves
    }

    /// Said instead of an answer. It is never asked, but stands for what a question came to.
    static func unable(_ scope: Scope, isAnswer: Bool = true) -> RepairTurn {
        RepairTurn(scope: scope, isAnswer: isAnswer, form: .unable, mark: 0, digest: .zero)
    }

    /// Whether it goes on with a comparison, or ends one.
    var saysMore: Bool { !moves.isEmpty || form == .same }
}

/// A part of a turn, about a range of keys.
public enum RepairMove: Hashable, Sendable {
    case offer(RepairOffer)
    case records(RepairRecords)

    var lower: RecordKey? {
        switch self {
        case .offer(let offer): offer.ranges.first?.lower
        case .records(let records): records.lower
        }
    }

    var upper: RecordKey? {
        switch self {
        case .offer(let offer): offer.upper
        case .records(let records): records.upper
        }
    }
}

extension RepairTurn {
    func encode(into writer: inout ByteWriter) {
        writer.write(varint: UInt64(scope.rawValue))
        writer.write(byte: isAnswer ? 1 : 0)
        writer.write(byte: form.rawValue)
        guard form != .unable else { return }
        writer.write(fixed64: mark)
        writer.write(hash: digest)
        writer.write(varint: UInt64(moves.count))
        for move in moves {
            var body = ByteWriter()
            switch move {
            case .offer(let offer):
                writer.write(byte: 0)
                offer.encode(into: &body)
            case .records(let records):
                writer.write(byte: 1)
                records.encode(into: &body)
            }
            writer.write(counted: body.bytes)
        }
    }

    init(decoding reader: inout ByteReader) throws(CodecError) {
        scope = try reader.readScope()
        let start = reader.offset
        let flag = try reader.readByte()
        let code = try reader.readByte()
        guard flag <= 1, let form = Form(rawValue: code) else { throw .unknownCode(UInt64(code), offset: start) }
        (isAnswer, self.form) = (flag == 1, form)
        guard form != .unable else {
            guard isAnswer else { throw .notCanonical(offset: start) }
            (mark, digest, moves) = (0, .zero, [])
            return
        }
        guard form != .doubtful || !isAnswer else { throw .notCanonical(offset: start) }
        mark = try reader.readFixed64()
        digest = try reader.readHash()
        var moves: [RepairMove] = []
        for index in 0..<(try reader.readCount(limit: form == .plain ? Self.moveLimit : 0)) {
            let start = reader.offset
            let move = try RepairMove(of: scope, decoding: &reader)
            if index > 0 {
                guard let end = moves[index - 1].upper, let next = move.lower, end <= next else {
                    throw .notCanonical(offset: start)
                }
            }
            moves.append(move)
        }
        self.moves = moves
    }
}

extension RepairMove {
    fileprivate init(of scope: Scope, decoding reader: inout ByteReader) throws(CodecError) {
        let start = reader.offset
        let kind = try reader.readByte()
        var body = ByteReader(try reader.readCounted(limit: FrameLimits.bytes))
        switch kind {
        case 0: self = .offer(try RepairOffer(of: scope, decoding: &body))
        case 1: self = .records(try RepairRecords(of: scope, decoding: &body))
        default: throw .unknownCode(UInt64(kind), offset: start)
        }
    }
}
