import CRDT
import Replica
import Sync

/// What member 1 sends, as an initiator, to headquarters of chain 0...01 0...01 that hold nothing; and what comes of it.
struct MalformedVector: Codable, Hashable {
    let name: String
    /// What headquarters' hello gives.
    let credit: Int
    let sends: [String]
    /// The error with which headquarters end the session; none if it stays open.
    var ends: String?
    /// The scope that they refuse, and the error.
    var refuses: [String: String]?
}

enum MalformedVectors {
    private typealias Frames = FrameVectors

    private static let hello = Frames.hello(of: Frames.store, interest)
    private static let interest = Interest(kinds: 0, scopes: [.chain, Scope(.customers), Frames.books])
    private static let ready = Frames.frame(5, [0, 0, 0])

    static func all() throws -> [MalformedVector] {
        greeting + opening + (try data) + repair
    }

    private static func ends(_ error: String, _ name: String, _ sends: [[UInt8]], credit: Int = 262_144) -> MalformedVector {
        MalformedVector(name: name, credit: credit, sends: sends.map(\.hex), ends: error)
    }

    private static func stays(_ name: String, _ sends: [[UInt8]]) -> MalformedVector {
        MalformedVector(name: name, credit: 262_144, sends: sends.map(\.hex))
    }

    private static var greeting: [MalformedVector] {
        let other = Hash128(high: 2, low: 1)
        let stranger = Origin(member: 2, incarnation: 1)
        let body = Array(hello.dropFirst(2))
        return [
            stays("all is well, and both are equal", [hello, ready]),
            stays(
                "a newer minor version says more in its hello",
                [Frames.hello(of: Frames.store, interest, minor: 9, tail: [1, 2, 3]), ready]),
            stays("a kind of a newer minor version", [hello, Frames.frame(200, [1, 2, 3]), ready]),
            ends("malformed", "a frame of length 0", [[0]]),
            ends("malformed", "a length in more bytes than it needs", [[0x80, 0x42]]),
            ends("oversized", "a length of 5 bytes", [[0xF0, 1, 0, 0, 0]]),
            ends("oversized", "a first frame above 2^16", [[0xC1, 0, 1]]),
            ends("oversized", "a frame above 2^22", [hello, [0xE0, 0x40, 0, 1]]),
            ends("unexpected", "an offer before a hello", [Frames.frame(2, [1, 0])]),
            ends("unexpected", "a kind that is not known", [hello, Frames.frame(127, [])]),
            ends("unexpected", "kind 0", [Frames.frame(0, [])]),
            ends("malformed", "another magic number", [Frames.frame(1, [0x41, 0x74, 0x6C, 0x54] + body.dropFirst(4))]),
            ends("malformed", "a hello that is cut short", [Frames.frame(1, Array(body.dropLast()))]),
            ends("malformed", "a hello of our version with a tail", [Frames.hello(of: Frames.store, interest, tail: [0])]),
            ends("version", "another major version", [Frames.hello(of: Frames.store, interest, major: 2)]),
            ends("other_chain", "another chain", [Frames.hello(of: Frames.store, interest, chain: other)]),
            ends("impostor", "another member's origin", [Frames.hello(of: stranger, interest)]),
            ends("unexpected", "two hellos", [hello, hello]),
            ends(
                "malformed", "a scope of a kind that is wanted whole",
                [Frames.hello(of: Frames.store, Interest(kinds: 1, scopes: [])).replacing([1, 0], with: [1, 1, 0], at: 32)]),
            ends(
                "malformed", "a scope named twice",
                [Frames.hello(of: Frames.store, Interest(kinds: 0, scopes: [])).replacing([0, 0], with: [0, 2, 3, 0], at: 32)]),
            ends(
                "malformed", "more scopes than there are bytes",
                [
                    Frames.hello(of: Frames.store, Interest(kinds: 0, scopes: [])).replacing(
                        [0, 0], with: [0, 0xC1, 0, 0], at: 32)
                ]),
            ends(
                "malformed", "a scope above 2^27",
                [
                    Frames.hello(of: Frames.store, Interest(kinds: 0, scopes: [])).replacing(
                        [0, 0], with: [0, 1, 0xE8, 0, 0, 0], at: 32)
                ]),
        ]
    }

    private static var opening: [MalformedVector] {
        let differs = Frames.hello(of: Frames.store, interest, sum: Hash128(high: 1, low: 0))
        return [
            ends("unexpected", "a push before ready", [hello, Frames.frame(6, [0x21])]),
            ends("unexpected", "ready twice", [hello, ready, ready]),
            ends("unexpected", "an offer after ready", [hello, ready, Frames.frame(2, [1, 0])]),
            ends("malformed", "bytes behind ready", [hello, Frames.frame(5, [0, 0, 0, 0])]),
            ends("malformed", "an offer with another flag than 0 and 1", [differs, Frames.frame(2, [2, 0])]),
            ends("malformed", "an offer of another form", [differs, Frames.frame(2, [1, 1, 10, 2])]),
            ends("malformed", "an offer of one scope twice", [differs, Frames.frame(2, [1, 2, 10, 1, 0, 0, 1, 0])]),
            ends("malformed", "an offer of more scopes than there are bytes", [differs, Frames.frame(2, [1, 5])]),
            ends(
                "malformed", "a cut of more points than there are bytes",
                [differs, Frames.frame(2, [1, 1, 10, 1, 2] + [UInt8](repeating: 1, count: 25))]),
            ends(
                "malformed", "a cut with sequence 0",
                [differs, Frames.frame(2, [1, 1, 10, 1, 1] + [UInt8](repeating: 0, count: 25))]),
            ends("unexpected", "a question about another member's past", [differs, ask(Frames.headquarters)]),
            ends("unexpected", "a question about a scope that is not shared", [differs, ask(Frames.store, [0x12])]),
            ends(
                "unexpected", "an answer that nobody asked for",
                [differs, Frames.frame(4, [10] + origin(Frames.store) + [0, 0, 0])]),
            ends(
                "malformed", "an answer with points beyond its last",
                [differs, Frames.frame(4, [10] + origin(Frames.store) + [3, 1, 4] + [UInt8](repeating: 1, count: 16) + [0])]),
            ends("malformed", "a text that is no UTF-8", [hello, Frames.frame(14, [0, 1, 0xFF])]),
            ends("malformed", "a code above 2^16", [hello, Frames.frame(14, [0xC1, 0, 0, 0])]),
            ends("malformed", "a scope above 2^27 is refused", [hello, Frames.frame(16, [0xE8, 0, 0, 0, 0, 0])]),
            ends("invented", "an acknowledgement of nothing", [hello, ready, Frames.frame(10, [1])]),
            ends("malformed", "credit above 2^40", [hello, ready, Frames.frame(11, [0xFC, 4, 0, 0, 0, 0, 0])]),
        ]
    }

    private static func origin(_ origin: Origin) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(fixed64: origin.rawValue)
        return writer.bytes
    }

    private static func ask(_ asked: Origin, _ scope: [UInt8] = [10]) -> [UInt8] {
        Frames.frame(3, scope + origin(asked))
    }

    private static var data: [MalformedVector] {
        get throws {
            let delta = try pushedDelta()
            var context = PushContext()
            let push = try PushEncoder().encode([delta], known: { _ in PushBasis() }, &context)
            let begin = Frame.begin(delta.header, records: 1).bytes
            let piece = try Frame.piece(delta.pieces()[0]).bytes
            let end = Frame.end.bytes
            var elsewhere = delta.header
            elsewhere.scope = .chain
            var above = delta.header
            above.base = Cut([(Frames.store, ChainPoint(sequence: 1, hash: .zero))])
            above.cut = Cut([(Frames.store, ChainPoint(sequence: 2, hash: .zero))])
            let foreign = Cut([(Origin(member: 0, incarnation: 1), ChainPoint(sequence: 1, hash: .zero))])
            var own = delta.header
            (own.scope, own.cut, own.runs) = (Scope(.customers), foreign, [])
            let open = [hello, ready]
            return [
                stays("a push", open + [Frame.push(push).bytes]),
                stays("a large delta", open + [begin, piece, end]),
                ends("refused", "a push of another format", open + [Frames.frame(6, [0x22] + push.dropFirst())]),
                ends("refused", "a first push that goes on", open + [Frames.frame(6, [0x20] + push.dropFirst())]),
                ends(
                    "refused", "a push with another checksum",
                    open + [Frames.frame(6, [0x21, push[1] ^ 1] + push.dropFirst(2))]),
                ends("refused", "a push that is cut short", open + [Frames.frame(6, Array(push.dropLast()))]),
                ends("unexpected", "a piece without a beginning", open + [piece]),
                ends("unexpected", "an end without a beginning", open + [end]),
                ends("unexpected", "a delta in a delta", open + [begin, begin]),
                ends("refused", "a piece with another checksum", open + [begin, Frames.frame(8, [0x10, 0, 0, 0, 0, 0])]),
                ends("malformed", "fewer records than were announced", open + [begin, end]),
                ends(
                    "malformed", "more records than were announced",
                    open + [Frame.begin(delta.header, records: 0).bytes, piece]),
                ends("malformed", "bytes behind a header", open + [Frames.frame(7, Array(begin.dropFirst(2)) + [0])]),
                ends(
                    "not_permitted", "a store writes what only headquarters may",
                    open + [Frame.begin(elsewhere, records: 0).bytes]),
                ends(
                    "credit_exceeded", "data without credit", open + [Frame.push(push).bytes + Frame.push(push).bytes],
                    credit: 8),
                MalformedVector(
                    name: "a base that is not held", credit: 262_144,
                    sends: (open + [Frame.begin(above, records: 0).bytes, end]).map(\.hex), refuses: ["10": "refused"]),
                MalformedVector(
                    name: "transactions that headquarters never made", credit: 262_144,
                    sends: (open + [Frame.begin(own, records: 0).bytes, end]).map(\.hex), refuses: ["1": "invented"]),
                MalformedVector(
                    name: "a checkpoint that its origin has not signed", credit: 262_144,
                    sends: (open + [Frame.push(push).bytes, checkpoint(delta).bytes]).map(\.hex), refuses: ["10": "refused"]),
            ]
        }
    }

    private static var repair: [MalformedVector] {
        let open = [hello, ready]
        let bits = [UInt8](repeating: 1, count: 8) + [UInt8](repeating: 2, count: 16)
        func turn(_ flag: UInt8, _ form: UInt8, _ moves: [UInt8], scope: UInt8 = 10) -> [[UInt8]] {
            open + [Frames.frame(18, [scope, flag, form] + bits + moves)]
        }
        func key(_ scope: UInt8) -> [UInt8] { [9, scope, 10, 0x68] + Array("S001-".utf8) + [0x7B] }
        func lack(_ keys: [UInt8], scope: UInt8 = 10) -> [[UInt8]] { open + [Frames.frame(19, [scope] + keys)] }
        let sum: [UInt8] = [1] + [UInt8](repeating: 3, count: 16)
        let whole: [UInt8] = [0, 20, 0, 1, 0] + sum
        let foreign: [UInt8] = [0, 29, 0, 1] + key(1) + sum
        return [
            stays("a comparison of a scope of which nothing is held", turn(0, 0, [0])),
            stays("a record that is lacking", lack([1] + key(10))),
            ends("unexpected", "a comparison before the session is open", [hello] + turn(0, 0, [0]).suffix(1)),
            ends("unexpected", "an answer of a comparison that nobody asked", turn(1, 0, [0])),
            ends("unexpected", "records that nobody lacks", open + [Frames.frame(20, [10, 0])]),
            ends("not_permitted", "a comparison of a scope that is not shared", turn(0, 0, [0], scope: 0x12)),
            ends("not_permitted", "a lack in a scope that is not shared", lack([1] + key(0x12), scope: 0x12)),
            ends("malformed", "a turn of another form", turn(0, 4, [0])),
            ends("malformed", "a doubtful answer", turn(1, 1, [0])),
            ends("malformed", "a question that is unable", open + [Frames.frame(18, [10, 0, 3])]),
            ends("malformed", "a turn of form 2 with moves", turn(0, 2, [1] + whole)),
            ends("malformed", "a turn of 65 moves", turn(0, 0, [65] + (0..<65).flatMap { _ in whole })),
            ends("malformed", "moves whose ranges overlap", turn(0, 0, [2] + whole + whole)),
            ends("malformed", "an offer without ranges", turn(0, 0, [1, 0, 2, 0, 0])),
            ends("malformed", "a range of another scope", turn(0, 0, [1] + foreign)),
            ends("malformed", "a lack of nothing", lack([0])),
            ends("malformed", "a key that is lacking twice", lack([2] + key(10) + key(10))),
        ]
    }

    private static func checkpoint(_ delta: Delta) -> Frame {
        let point = delta.header.cut[Frames.store] ?? ChainPoint(sequence: 1, hash: .zero)
        return .checkpoints([SignedCheckpoint(scope: Frames.books, origin: Frames.store, point: point, signature: [1])])
    }

    /// The store's first transaction: one order's total.
    private static func pushedDelta() throws -> Delta {
        let dot = Dot(origin: Frames.store, sequence: 1)
        let key = RecordKey(scope: Frames.books, collection: 10, id: try Identifier("S001-0000001").required)
        let stamp = HLC(milliseconds: 1_740_000_000_000)
        let cell = Cell(slot: SlotKey(field: 3), dot: dot, stamp: stamp, content: .value(.integer(500)))
        let record = try DeltaRecord(key: key, cells: [cell])
        let run = RunSpan(origin: Frames.store, from: 1, high: 5, low: 6)
        var link = ChainLink(dot, stamp: stamp, run: Hash128(high: run.high, low: run.low))
        link.add(record)
        let cut = Cut([(Frames.store, ChainPoint(sequence: 1, hash: link.hash(after: .zero, by: try ChainHasher())))])
        let header = DeltaHeader(scope: Frames.books, base: Cut(), cut: cut, horizon: VersionVector(), runs: [run])
        return Delta(header: header, records: [record])
    }
}

extension [UInt8] {
    /// A first frame with other bytes at a place of its body, and the length that fits.
    fileprivate func replacing(_ old: [UInt8], with new: [UInt8], at place: Int) -> [UInt8] {
        var body = Array(dropFirst(2))
        body.replaceSubrange(place - 2..<place - 2 + old.count, with: new)
        return FrameVectors.frame(1, body)
    }
}
