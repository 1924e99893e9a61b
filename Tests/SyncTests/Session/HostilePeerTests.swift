import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

/// A member that speaks the protocol and lies, floods or waits: it costs bounded memory and work, and changes nothing of others.
@Suite struct HostilePeerTests {
    private static let time = Moment(monotonic: 0, wall: 1_740_000_000_000)

    private func store() throws -> SessionEnd {
        let store = try SessionEnd(1)
        for number in 0..<3 { try store.sell("S001-\(1000 + number)", at: Self.time) }
        try store.edit("C0000042", phone: "+49", at: Self.time)
        return store
    }

    @Test func `a push into a scope that its sender may not write to is not permitted`() throws {
        let victim = try SessionEnd(0)
        var attacker = Attacker(2, against: victim)
        try attacker.open()
        let header = Attacker.header(.chain, attacker.origin, 1)
        var context = PushContext()
        let push = try PushEncoder().encode([Delta(header: header, records: [])], known: { _ in PushBasis() }, &context)
        try attacker.say(.push(push))
        #expect(attacker.end == .notPermitted(scope: .chain, member: 2))
        #expect(victim.replica.heldScopes == [])
    }

    @Test func `transactions of the victim's own that it never made leave their scope out, and nothing else`() throws {
        let store = try store()
        let (origin, customers) = (store.replica.identity.origin, Scope(.customers))
        var attacker = Attacker(2, against: store)
        try attacker.open()
        let base = store.replica.cut(of: customers)
        let cut = Cut([(origin, ChainPoint(sequence: 1000, hash: .zero))])
        let header = DeltaHeader(scope: customers, base: base, cut: cut, horizon: VersionVector(), runs: [])
        try attacker.say(.begin(header, records: 0), .end)
        #expect(attacker.end == nil)
        #expect(store.session?.suspended == [customers: .invented(scope: customers)])
        #expect(attacker.heard.contains { if case .refuse(customers, code: 10, _) = $0 { true } else { false } })
        #expect(store.replica.identity.origin == origin)
    }

    @Test(arguments: [false, true], [nil, false, true])
    func `only headquarters, or the origin's own signature, closes an incarnation`(
        isHeadquarters: Bool, isSigned: Bool?
    ) throws {
        let store = try store()
        let (origin, customers) = (store.replica.identity.origin, Scope(.customers))
        var attacker = Attacker(isHeadquarters ? 0 : 2, against: store)
        try attacker.say(.hello(attacker.hello), .offer(Offer([Attacker.told(customers, (origin, 900))], isLast: true)))
        #expect(attacker.heard.contains(.ask(customers, origin)))
        let point = ChainPoint(sequence: 900, hash: Hash128(high: 9, low: 900))
        if let isSigned {
            let message = SignedCheckpoint.message(chain: SessionEnd.chain, scope: customers, origin: origin, point: point)
            let signature = isSigned ? SessionEnd.signature(of: message) : [1, 2, 3]
            try attacker.say(
                .checkpoints([SignedCheckpoint(scope: customers, origin: origin, point: point, signature: signature)]))
        }
        try attacker.say(.knowledge(customers, origin, ChainKnowledge(last: 900, points: [point], runs: [])))
        let isBelieved = isHeadquarters || isSigned == true
        #expect((store.replica.identity.origin != origin) == isBelieved)
        #expect(store.session?.suspended == (isBelieved ? [:] : [customers: .invented(scope: customers)]))
        try attacker.say(.ready(echo: 0, received: 0, time: 0))
        #expect(store.session?.phase == .open)
        #expect(try store.sales(of: 1).orders == 3)
    }

    @Test func `what a relay makes up in a store's name ends its session with headquarters, and the next one settles it`()
        throws
    {
        let (store, headquarters, customers) = (try store(), try SessionEnd(0), Scope(.customers))
        let origin = store.replica.identity.origin
        var link = SessionLink(store, headquarters, seed: 8)
        link.connect()
        link.run()
        let base = headquarters.replica.cut(of: customers)
        let dot = Dot(origin: origin, sequence: try base[origin].required.sequence + 1)
        let cut = Cut([(origin, ChainPoint(sequence: dot.sequence, hash: Hash128(high: 9, low: 9)))])
        let cell = Cell(
            slot: SlotKey(field: RetailSchema.Customer.tier), dot: dot, stamp: HLC(milliseconds: Self.time.wall),
            content: .value(.text("gold")))
        let record = try DeltaRecord(
            key: RetailSchema.customer(try Identifier("C0000042").required), cells: [cell])
        let header = DeltaHeader(scope: customers, base: base, cut: cut, horizon: VersionVector(), runs: [])
        try headquarters.replica.join([Delta(header: header, records: [record])], at: Self.time.wall, from: 2)
        headquarters.session?.noteChanges(of: [customers], at: link.now)
        link.run()
        #expect(store.session?.end == .finished)
        #expect(headquarters.replica.relayed[customers]?.map(\.via) == [2])
        try store.edit("C0000042", phone: "+50", at: Self.time)
        link.connect()
        link.run()
        #expect(store.replica.identity.origin != origin)
        #expect(store.session?.phase == .open && store.session?.suspended == [:])
        #expect(link.differences == [])
    }

    @Test func `a wrong point in an offer closes nothing if what is known of the chain agrees`() throws {
        let store = try store()
        let (origin, customers) = (store.replica.identity.origin, Scope(.customers))
        var attacker = Attacker(0, against: store)
        try attacker.say(.hello(attacker.hello), .offer(Offer([Attacker.told(customers, (origin, 900))], isLast: true)))
        try attacker.say(.knowledge(customers, origin, try store.replica.knowledge(of: origin, in: customers)))
        #expect(store.replica.identity.origin == origin)
        #expect(store.session?.suspended == [:])
    }

    @Test func `a vector from the future about others is its sender's loss`() throws {
        let store = try store()
        var attacker = Attacker(2, against: store)
        let other = Origin(member: 3, incarnation: 4)
        try attacker.open(holding: [Attacker.told(Scope(.customers), (other, 1 << 39))])
        #expect(store.session?.phase == .open)
        #expect(store.replica.cut(of: Scope(.customers))[other] == nil)
        var absurd = Attacker(2, against: store)
        try absurd.say(.hello(absurd.hello), .offer(Offer([Attacker.told(Scope(.customers), (other, 1 << 41))], isLast: true)))
        #expect(absurd.end == .malformed(kind: FrameKind.offer.rawValue))
    }

    @Test func `a stale base and a horizon beyond any cut are refused in their scope`() throws {
        for reach in [DeltaReach.namedSlots, .wholeState] {
            let store = try store()
            var attacker = Attacker(2, against: store)
            try attacker.open()
            let (customers, other) = (Scope(.customers), Origin(member: 2, incarnation: 4))
            var header = Attacker.header(customers, other, 9, reach: reach)
            header.base = Cut([(other, ChainPoint(sequence: 5, hash: .zero))])
            try attacker.say(.begin(header, records: 5000))
            #expect(attacker.end == nil)
            #expect(store.session?.suspended[customers]?.name == "refused")
            // What was on its way in that scope is read over.
            try attacker.say(.end)
            #expect(attacker.end == nil)
            #expect(store.replica.cut(of: customers)[other] == nil)
        }
        let store = try store()
        var attacker = Attacker(2, against: store)
        try attacker.open()
        let other = Origin(member: 2, incarnation: 4)
        let horizon = VersionVector([.init(origin: other, sequence: 1 << 39)])
        try attacker.say(.begin(Attacker.header(Scope(.customers), other, 9, horizon: horizon), records: 0), .end)
        #expect(attacker.end == nil)
        #expect(
            store.session?.suspended[Scope(.customers)]
                == .refused(reason: "\(ReplicaError.malformed(.horizonBeyondCut(other)))"))
    }

    @Test func `questions are answered once, and only about what was told`() throws {
        let headquarters = try SessionEnd(0)
        var link = SessionLink(try SessionEnd(2), headquarters, seed: 1)
        try link.left.sell("S002-1000", at: link.now)
        link.connect()
        link.run()
        let (scope, origin) = (Scope(.books, of: 2), link.left.replica.identity.origin)
        for strangers in [Origin(member: 2, incarnation: 999), Origin(member: 0, incarnation: 1)] {
            var attacker = Attacker(2, against: headquarters)
            try attacker.say(.hello(attacker.hello), .offer(Offer([], isLast: true)), .ask(scope, strangers))
            #expect(attacker.end == .unexpected(kind: FrameKind.ask.rawValue))
        }
        var attacker = Attacker(2, against: headquarters)
        try attacker.say(.hello(attacker.hello), .offer(Offer([], isLast: true)), .ask(scope, origin))
        #expect(attacker.end == nil)
        try attacker.say(.ask(scope, origin))
        #expect(attacker.end == .unexpected(kind: FrameKind.ask.rawValue))
    }

    @Test func `offers come in turns, each scope once, and not without end`() throws {
        let scope = Scope(.books, of: 2)
        var twice = Attacker(2, against: try SessionEnd(0))
        let entry = Attacker.told(scope, (twice.origin, 1))
        try twice.say(.hello(twice.hello), .offer(Offer([entry], isLast: false)), .offer(Offer([entry], isLast: true)))
        #expect(twice.end == .malformed(kind: FrameKind.offer.rawValue))
        var again = Attacker(2, against: try SessionEnd(0))
        try again.say(.hello(again.hello), .offer(Offer([entry], isLast: true)), .offer(Offer([entry], isLast: true)))
        #expect(again.end == .unexpected(kind: FrameKind.offer.rawValue))
        var endless = Attacker(2, against: try SessionEnd(0))
        try endless.say(.hello(endless.hello))
        for part in 0..<40 where endless.end == nil {
            let entries = (0..<10_000).map {
                Offer.Entry(scope: Scope(.stock, of: UInt32(part * 10_000 + $0)), form: .summary(1))
            }
            try endless.say(.offer(Offer(entries, isLast: false)))
        }
        #expect(endless.end == .malformed(kind: FrameKind.offer.rawValue))
    }

    @Test func `a clock in 2035 is measured, and an answer to nothing is not`() throws {
        var attacker = Attacker(2, against: try store(), dials: false)
        try attacker.listen()
        guard case .hello(let first)? = attacker.heard.first else { throw Missing() }
        var hello = attacker.hello
        let future: UInt64 = 2_051_222_400_000
        (hello.time, hello.received, hello.echo) = (future, future, first.time)
        try attacker.say(.hello(hello))
        #expect(attacker.victim.session?.clockOffset?.milliseconds == Int64(future) - attacker.now.wall)
        for (echo, received) in [(0, future), (UInt64.max, future), (first.time, .max)] as [(UInt64, UInt64)] {
            var liar = Attacker(2, against: try store(), dials: false)
            try liar.listen()
            (hello.echo, hello.received) = (echo, received)
            try liar.say(.hello(hello))
            #expect(liar.victim.session?.clockOffset == nil)
            #expect(liar.end == nil)
        }
    }

    @Test func `refusals of scopes that nobody told of are not kept`() throws {
        let store = try store()
        var attacker = Attacker(2, against: store)
        try attacker.open()
        for number in 0..<900 {
            try attacker.say(
                .refuse(Scope(.stock, of: UInt32(number + 5)), code: 11, detail: String(repeating: "x", count: 999)))
        }
        try attacker.say(.refuse(Scope(.customers), code: 11, detail: "\u{1B}"))
        #expect(attacker.end == nil)
        #expect(store.session?.suspended == [Scope(.customers): .ended(code: 11, detail: "\u{FFFD}")])
    }
}
