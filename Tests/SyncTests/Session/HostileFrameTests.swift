import CRDT
import Replica
import Sync
import Testing

/// Frames that make no sense, or none now: the session ends with a name for it, and the other side hears it.
@Suite struct HostileFrameTests {
    private func victim() throws -> SessionEnd {
        let victim = try SessionEnd(0)
        try victim.edit("C0000042", phone: "+49", at: Moment(monotonic: 0, wall: 1_740_000_000_000))
        return victim
    }

    private func expect(
        _ error: SessionError, opens: Bool = true, _ body: (inout Attacker) throws -> Void
    ) throws {
        var attacker = Attacker(2, against: try victim())
        if opens { try attacker.open() }
        #expect(attacker.end == nil)
        try body(&attacker)
        #expect(attacker.end == error)
        #expect(attacker.goodbye == error.code)
    }

    @Test func `another member's name is an impostor's`() throws {
        try expect(.impostor(claimed: 3, member: 2), opens: false) { attacker in
            var hello = attacker.hello
            hello.origin = Origin(member: 3, incarnation: 4)
            try attacker.say(.hello(hello))
        }
    }

    @Test func `another version and another chain are told apart`() throws {
        try expect(.version(theirs: 2, ours: 1), opens: false) { attacker in
            var hello = attacker.hello
            hello.major = 2
            try attacker.say(.hello(hello))
        }
        try expect(.otherChain, opens: false) { attacker in
            var hello = attacker.hello
            hello.chain = Hash128(high: 1, low: 2)
            try attacker.say(.hello(hello))
        }
    }

    @Test func `a newer minor version may say more behind a greeting, and by kinds that are skipped`() throws {
        var attacker = Attacker(2, against: try victim())
        var hello = attacker.hello
        hello.minor = 7
        var body = Array(Frame.hello(hello).bytes.dropFirst(2))
        body += [1, 2, 3]
        try attacker.say(kind: FrameKind.hello.rawValue, body)
        try attacker.say(kind: 128, [])
        try attacker.say(kind: 255, [UInt8](repeating: 7, count: 1 << 20))
        try attacker.say(.offer(Offer([], isLast: true)), .ready(echo: 0, received: 0, time: 0))
        #expect(attacker.victim.session?.phase == .open)
    }

    @Test func `an unknown kind ends the session, and a length that nobody sends`() throws {
        try expect(.unexpected(kind: 100)) { try $0.say(kind: 100, [1]) }
        try expect(.oversized(limit: FrameLimits.bytes)) { try $0.say(bytes: [0xE0, 0x50, 0, 1]) }
        try expect(.oversized(limit: FrameLimits.bytes)) { try $0.say(bytes: [0xFF]) }
        try expect(.malformed(kind: nil)) { try $0.say(bytes: [0]) }
        // Nobody is known yet.
        try expect(.oversized(limit: FrameLimits.helloBytes), opens: false) { try $0.say(bytes: [0xC1, 0, 1]) }
        try expect(.malformed(kind: 1), opens: false) { try $0.say(bytes: Array("\u{3}\u{1}GET / HTTP/1.1".utf8)) }
    }

    @Test(arguments: FrameKind.allCases)
    func `nothing comes before a greeting`(kind: FrameKind) throws {
        guard kind != .hello, kind != .goodbye else { return }
        var attacker = Attacker(2, against: try victim())
        try attacker.say(try frame(kind))
        #expect(attacker.end == .unexpected(kind: kind.rawValue))
        // Whoever dials waits to be asked.
        var answering = Attacker(2, against: try victim(), dials: false)
        try answering.say(.hello(answering.hello))
        #expect(answering.end == .unexpected(kind: FrameKind.hello.rawValue))
    }

    @Test func `a dialled peer that greets after the first frame, and only then, is heard`() throws {
        var attacker = Attacker(2, against: try victim(), dials: false)
        try attacker.listen()
        try attacker.say(.hello(attacker.hello))
        #expect(attacker.end == nil)
        #expect(attacker.victim.session?.phase == .offering)
        try attacker.say(.ready(echo: 0, received: 0, time: 0))
        #expect(attacker.end == .unexpected(kind: FrameKind.ready.rawValue), "it was offered something")
    }

    @Test func `data waits until both are ready, and nobody greets or is ready twice`() throws {
        try expect(.unexpected(kind: FrameKind.push.rawValue), opens: false) { attacker in
            try attacker.say(.hello(attacker.hello), .push([1]))
        }
        for kind in [FrameKind.hello, .ready, .offer, .knowledge, .ask, .pong] {
            try expect(.unexpected(kind: kind.rawValue)) { try $0.say(try frame(kind)) }
        }
    }

    @Test func `pieces and ends belong to a delta that has begun, and only one has`() throws {
        let mine = Attacker.header(Scope(.books, of: 2), Origin(member: 2, incarnation: 1), 5)
        try expect(.unexpected(kind: FrameKind.end.rawValue)) { try $0.say(.end) }
        try expect(.unexpected(kind: FrameKind.piece.rawValue)) { try $0.say(.piece([1])) }
        try expect(.unexpected(kind: FrameKind.begin.rawValue)) {
            try $0.say(.begin(mine, records: 1 << 60), .begin(mine, records: 1 << 60))
        }
        try expect(.malformed(kind: FrameKind.end.rawValue)) { try $0.say(.begin(mine, records: 1 << 60), .end) }
        try expect(.malformed(kind: FrameKind.push.rawValue)) { attacker in
            // Format, checksum, no delta.
            try attacker.say(.push(try emptyPush()))
        }
    }

    @Test func `an acknowledgement of what was never sent is invented, and so is one that comes twice`() throws {
        try expect(.invented(scope: nil)) { try $0.say(.acknowledge(1 << 60)) }
        try expect(.invented(scope: nil)) { attacker in
            try attacker.victim.edit("C0000042", phone: "+50", at: attacker.now)
            try attacker.listen()
            try attacker.say(.acknowledge(1), .acknowledge(1))
        }
    }

    @Test func `absurd credit is refused, and a greeting's is not believed`() throws {
        try expect(.malformed(kind: FrameKind.credit.rawValue)) { try $0.say(.credit(.max)) }
        try expect(.malformed(kind: FrameKind.credit.rawValue)) { try $0.say(.credit(0)) }
        var attacker = Attacker(2, against: try victim())
        var hello = attacker.hello
        hello.credit = .max
        try attacker.say(.hello(hello), .offer(Offer([], isLast: true)), .ready(echo: 0, received: 0, time: 0))
        #expect(attacker.victim.session?.phase == .open)
    }

    @Test func `what a goodbye says can be printed`() throws {
        var attacker = Attacker(2, against: try victim())
        try attacker.open()
        try attacker.say(.goodbye(code: 999, detail: "\u{1B}[2Jgone\n\u{202E}\u{0}ok"))
        #expect(attacker.end == .ended(code: 999, detail: "\u{FFFD}[2Jgone\u{FFFD}\u{FFFD}\u{FFFD}ok"))
        #expect(attacker.end?.name == "unknown_error_999")
        #expect(SessionError.ended(code: 1, detail: "a\u{7}").description == "a\u{FFFD}")
    }

    private func frame(_ kind: FrameKind) throws -> Frame {
        let (scope, origin) = (Scope(.books, of: 2), Origin(member: 2, incarnation: 79))
        return switch kind {
        case .hello: .hello(Attacker(2, against: try victim()).hello)
        case .offer: .offer(Offer([], isLast: true))
        case .ask: .ask(scope, origin)
        case .knowledge: .knowledge(scope, origin, ChainKnowledge(last: 1, points: [], runs: []))
        case .ready: .ready(echo: 0, received: 0, time: 0)
        case .push: .push([1])
        case .begin: .begin(Attacker.header(scope, origin, 1), records: 0)
        case .piece: .piece([1])
        case .end: .end
        case .acknowledge: .acknowledge(1)
        case .credit: .credit(1)
        case .ping: .ping(time: 1)
        case .pong: .pong(echo: 1, received: 1, time: 1)
        case .goodbye: .goodbye(code: 0, detail: "")
        case .checkpoints: .checkpoints([])
        case .refuse: .refuse(scope, code: 1, detail: "")
        case .seek: .seek([Doubt(scope: scope, origin: origin)])
        case .repair: .repair(RepairTurn(scope: scope, isAnswer: true, mark: 1, digest: .zero))
        case .lack: .lack(scope, [RecordKey(scope: scope, collection: 1, id: Identifier(number: 1, digits: 3))])
        case .mend: .mend(Mending(scope: scope, keys: [], cut: Cut(), piece: []))
        }
    }

    private func emptyPush() throws -> [UInt8] {
        var context = PushContext()
        return try PushEncoder().encode([], known: { _ in PushBasis() }, &context)
    }
}
