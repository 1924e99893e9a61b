import CRDT
import Replica
import Retail
import Sync

/// One frame of every kind and form.
struct FrameVector: Codable, Hashable {
    let name: String
    let kind: Int
    let bytes: String
    let meaning: JSON
}

enum FrameVectors {
    static let chain = Hash128(high: 1, low: 1)
    static let store = Origin(member: 1, incarnation: 7)
    static let headquarters = Origin(member: 0, incarnation: 5)
    static let books = Scope(.books, of: 1)

    static let cut = Cut([
        (headquarters, ChainPoint(sequence: 4, hash: Hash128(high: 1, low: 2))),
        (store, ChainPoint(sequence: 900, hash: Hash128(high: 3, low: 4))),
    ])

    static func all() throws -> [FrameVector] {
        var vectors = [
            try vector("hello of an initiator", hello(of: store, Interest(kinds: 0, scopes: [.chain, books]))),
            try vector("hello of a responder", hello(of: headquarters, .everything, echo: 1_740_000_000_000)),
        ]
        for (name, frame) in try frames() { vectors.append(try vector(name, frame.bytes)) }
        return vectors
    }

    private static func vector(_ name: String, _ bytes: [UInt8]) throws -> FrameVector {
        let (kind, frame) = try decoded(bytes)
        return FrameVector(name: name, kind: kind, bytes: bytes.hex, meaning: JSON(frame))
    }

    /// The one frame that some bytes are.
    static func decoded(_ bytes: [UInt8]) throws -> (kind: Int, frame: Frame) {
        var reader = FrameReader()
        bytes.withUnsafeBytes { reader.append($0) }
        let (kind, body) = try reader.next().required
        return (Int(kind), try Frame(kind: kind, body: body).required)
    }

    /// A first frame, put together by hand.
    static func hello(
        of origin: Origin, _ interest: Interest, major: UInt8 = 1, minor: UInt8 = 0, chain: Hash128 = chain,
        sum: Hash128 = .zero, credit: UInt64 = 262_144, echo: UInt64 = 0, tail: [UInt8] = []
    ) -> [UInt8] {
        var body = ByteWriter()
        body.write(fixed32: 0x4174_6C53)
        body.write(raw: [major, minor])
        body.write(hash: chain)
        body.write(fixed64: origin.rawValue)
        body.write(byte: interest.kinds)
        body.write(varint: UInt64(interest.scopes.count))
        var last: UInt32 = 0
        for scope in interest.scopes {
            body.write(varint: UInt64(scope.rawValue - last))
            last = scope.rawValue
        }
        body.write(hash: sum)
        body.write(varint: credit)
        body.write(varint: 1_740_000_000_000 + (echo > 0 ? 20 : 0))
        body.write(varint: echo)
        body.write(varint: echo > 0 ? echo + 10 : 0)
        body.write(byte: origin.member == 0 ? 0 : 1)
        return frame(1, body.bytes + tail)
    }

    /// Any kind with any body.
    static func frame(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(varint: UInt64(body.count + 1))
        writer.write(byte: kind)
        writer.write(raw: body)
        return writer.bytes
    }

    private static func frames() throws -> [(String, Frame)] {
        let digest = Hash128(high: 9, low: 10)
        let header = PieceGoldenTests.header
        let last = RecordKey(scope: books, collection: RetailSchema.order.number, id: try Identifier("S001-0000123").required)
        let run = RunSpan(origin: store, from: 1, high: 5, low: 6)
        let point = ChainPoint(sequence: 900, hash: Hash128(high: 3, low: 4))
        let offers: [(String, Offer)] = [
            (
                "an offer by summaries",
                Offer([.init(scope: .chain, form: .summary(.max - 1)), .init(scope: books, form: .summary(7))], isLast: true)
            ),
            (
                "an offer that is told",
                Offer([.init(scope: books, form: .told(cut, digest: digest, staged: nil))], isLast: true)
            ),
            (
                "an offer of nothing held",
                Offer([.init(scope: books, form: .told(Cut(), digest: .zero, staged: nil))], isLast: true)
            ),
            (
                "an offer without a digest, with more to come",
                Offer([.init(scope: books, form: .told(cut, digest: nil, staged: nil))], isLast: false)
            ),
            (
                "an offer with a staged part",
                Offer(
                    [.init(scope: books, form: .told(Cut(), digest: .zero, staged: .init(header: header, last: last)))],
                    isLast: true)
            ),
            (
                "an offer with a staged part, without a digest",
                Offer(
                    [.init(scope: books, form: .told(cut, digest: nil, staged: .init(header: header, last: last)))],
                    isLast: true)
            ),
            ("an empty offer", Offer([], isLast: true)),
        ]
        let knowledge = ChainKnowledge(last: 900, points: [ChainPoint(sequence: 17, hash: digest), point], runs: [run])
        let word = SignedCheckpoint(scope: books, origin: store, point: point, signature: [0x30, 0x06, 2, 1, 1, 2, 1, 1])
        return offers.map { ($0, Frame.offer($1)) } + [
            ("a question about the own past", .ask(books, store)),
            ("what is known of a chain", .knowledge(books, store, knowledge)),
            ("nothing is known of a chain", .knowledge(books, store, ChainKnowledge(last: 0, points: [], runs: []))),
            ("ready, of an initiator", .ready(echo: 1_740_000_000_020, received: 1_740_000_000_031, time: 1_740_000_000_032)),
            ("ready, of a responder", .ready(echo: 0, received: 0, time: 0)),
            (
                "a push",
                .push([UInt8](hex: "21ec45b47b590000400e000000000200006454000000000000006000000000000000f0470110c81f28f98005"))
            ),
            ("a large delta begins", .begin(header, records: 2)),
            ("a piece", .piece([UInt8](hex: PieceGoldenTests.piece))),
            ("a large delta ends", .end),
            ("an acknowledgement", .acknowledge(3)),
            ("credit", .credit(65_536)),
            ("a ping", .ping(time: 1_740_000_025_000)),
            ("a pong", .pong(echo: 1_740_000_025_000, received: 1_740_000_025_011, time: 1_740_000_025_011)),
            ("a goodbye", .goodbye(code: 0, detail: "the session is over")),
            ("a checkpoint", .checkpoints([word])),
            ("a scope is refused", .refuse(books, code: 11, detail: "two histories")),
            ("signatures are sought", .seek([Doubt(scope: books, origin: store)])),
        ] + repair(last, digest)
    }

    private static func repair(_ key: RecordKey, _ digest: Hash128) -> [(String, Frame)] {
        let mark: UInt64 = 0x0102_0304_0506_0708
        func turn(
            _ isAnswer: Bool, _ form: RepairTurn.Form = .plain, _ moves: [RepairMove] = []
        ) -> Frame {
            .repair(RepairTurn(scope: books, isAnswer: isAnswer, form: form, mark: mark, digest: digest, moves: moves))
        }
        let offer = RepairOffer(
            scope: books,
            ranges: [
                .init(lower: nil, sum: Fingerprint(count: 30, sum: digest)),
                .init(lower: key, sum: Fingerprint(count: 0, sum: .zero)),
            ], upper: nil)
        let piece = [UInt8](hex: PieceGoldenTests.piece)
        let records = RepairRecords(scope: books, lower: nil, upper: key, wantsAnswer: true, piece: piece)
        let rest = RepairOffer(scope: books, ranges: [.init(lower: key, sum: Fingerprint(count: 1, sum: digest))], upper: nil)
        return [
            ("a question whether a scope is equal", turn(false)),
            ("a question about a scope that is damaged", turn(false, .doubtful)),
            ("an answer with the sums of two ranges", turn(true, .plain, [.offer(offer)])),
            ("a question with records, and the sum of the rest", turn(false, .plain, [.records(records), .offer(rest)])),
            ("all records are equal", turn(false, .same)),
            (
                "an answer that nothing can be said",
                .repair(
                    RepairTurn(
                        scope: books, isAnswer: true, form: .unable, mark: 0, digest: .zero))
            ),
            ("a record is lacking", .lack(books, [key])),
            ("a record that was lacking", .mend(Mending(scope: books, keys: [key], cut: cut, piece: piece))),
            ("nothing is known of what was lacking", .mend(Mending(scope: books, keys: [], cut: Cut(), piece: []))),
        ]
    }
}
