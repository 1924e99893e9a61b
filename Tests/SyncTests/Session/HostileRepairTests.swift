import CRDT
import Replica
import Retail
import Sync
import Testing

/// A member that compares and mends as it likes: it learns nothing that it may not read, writes nothing that it may not write,
/// and does not keep anybody busy.
@Suite struct HostileRepairTests {
    private static let customers = Scope(.customers)

    /// HQ and store 1 hold the same; the attacker is store 2, or another, and told to stand where HQ does.
    private func scene() throws -> (headquarters: SessionEnd, store: SessionEnd) {
        var link = SessionLink(try SessionEnd(1), try SessionEnd(0), seed: 3)
        for number in 0..<5 { try link.left.sell("S001-\(1000 + number)", at: link.now) }
        try link.left.edit("C0000043", phone: "+48", at: link.now)
        try link.right.edit("C0000042", phone: "+49", at: link.now)
        try link.right.perform(at: link.now) { try $0.set(Self.name, of: Self.member, to: .text("S001")) }
        link.connect()
        link.run()
        #expect(link.differences == [])
        link.tear()
        return (link.right, link.left)
    }

    private static let member = RetailSchema.member(1)
    private static let name = RetailSchema.Member.name

    /// Says that a range of a scope holds one record that nobody wrote so.
    private func lie(
        _ scope: Scope, about key: RecordKey, _ origin: Origin, of end: SessionEnd, slot: SlotKey, _ value: Value
    ) throws -> RepairTurn {
        let standing = RepairDesk(end.replica).standing(of: scope)
        let cut = end.replica.cut(of: scope)
        let sequence = try cut[origin].required.sequence
        let cell = Cell(
            slot: slot, dot: Dot(origin: origin, sequence: sequence), stamp: HLC(milliseconds: 1_740_000_009_000),
            content: .value(value))
        let header = DeltaHeader(
            scope: scope, base: Cut(), cut: cut, horizon: VersionVector(), reach: .wholeState, runs: [])
        let piece = try PieceEncoder(header).encode([try DeltaRecord(key: key, cells: [cell])]).bytes
        return RepairTurn(
            scope: scope, isAnswer: false, mark: standing.mark, digest: .zero,
            moves: [.records(RepairRecords(scope: scope, lower: nil, upper: nil, wantsAnswer: false, piece: piece))])
    }

    private func answer(_ attacker: Attacker) throws -> RepairTurn {
        guard case .repair(let turn)? = attacker.heard.last else { throw Missing() }
        return turn
    }

    @Test func `nobody makes up what headquarters or another store wrote`() throws {
        let (headquarters, store) = try scene()
        let customer = try RecordKey(
            scope: Self.customers, collection: RetailSchema.customer.number, id: Identifier("C0000042").required)
        let lies: [(SessionEnd, RecordKey, Origin, SlotKey)] = [
            (headquarters, Self.member, headquarters.replica.identity.origin, SlotKey(field: Self.name)),
            (headquarters, Self.member, headquarters.replica.identity.origin, SlotKey(field: 901)),
            (headquarters, customer, store.replica.identity.origin, SlotKey(field: RetailSchema.Customer.phone)),
            (store, customer, store.replica.identity.origin, SlotKey(field: RetailSchema.Customer.phone)),
            (store, customer, headquarters.replica.identity.origin, SlotKey(field: RetailSchema.Customer.phone)),
        ]
        for (victim, key, origin, slot) in lies {
            let (before, digest) = (try victim.replica.record(key).cells, victim.replica.digest(of: key.scope))
            var attacker = Attacker(2, against: victim)
            try attacker.open()
            try attacker.say(.repair(try lie(key.scope, about: key, origin, of: victim, slot: slot, .integer(1))))
            #expect(attacker.end == nil)
            #expect(try answer(attacker).isAnswer)
            #expect(try victim.replica.record(key).cells == before)
            #expect(victim.replica.digest(of: key.scope) == digest)
        }
    }

    /// A second headquarters once altered appointments and horizons in a store's rows by repair.
    @Test func `a headquarters that is not the registrar is believed about all but the chain's past`() throws {
        let (headquarters, store) = try scene()
        let origin = headquarters.replica.identity.origin
        store.access[2].isHeadquarters = true
        let customer = try RecordKey(
            scope: Self.customers, collection: RetailSchema.customer.number, id: Identifier("C0000099").required)
        for (key, field) in [(Self.member, 901 as UInt32), (customer, RetailSchema.Customer.phone)] {
            let before = try store.replica.record(key).cells
            var attacker = Attacker(2, against: store)
            try attacker.open()
            let slot = SlotKey(field: field)
            try attacker.say(.repair(try lie(key.scope, about: key, origin, of: store, slot: slot, .integer(1))))
            #expect(attacker.end == nil)
            #expect(try (store.replica.record(key).cells == before) == (key.scope == .chain), "\(key)")
        }
    }

    @Test func `what the heads remember is believed of anybody, and nothing else beside it`() throws {
        let (headquarters, store) = try scene()
        let cells = try headquarters.replica.record(Self.member).cells
        let digest = headquarters.replica.digest(of: .chain)
        try headquarters.damage("DELETE FROM record")
        #expect(try headquarters.replica.record(Self.member).cells == [])
        // A lie about it first: the head does not vouch for that.
        let origin = headquarters.replica.identity.origin
        var attacker = Attacker(2, against: headquarters)
        try attacker.open()
        try attacker.say(
            .repair(try lie(.chain, about: Self.member, origin, of: headquarters, slot: SlotKey(field: Self.name), .integer(1)))
        )
        #expect(try headquarters.replica.record(Self.member).cells == [])
        var link = SessionLink(store, headquarters, seed: 4)
        link.now = Moment(monotonic: 0, wall: 1_740_000_100_000)
        link.connect()
        link.run()
        headquarters.session?.noteDamage(of: [.chain], at: link.now)
        var position = RowVerification()
        while try !headquarters.replica.verify(&position, limit: 9).isComplete {}
        #expect(headquarters.replica.doubtfulScopes.contains(.chain))
        for _ in 0..<20 {
            link.pass(1000)
            for end in [store, headquarters] { end.session?.tick(at: link.now) }
            headquarters.session?.noteDamage(of: headquarters.replica.ailingScopes, at: link.now)
            link.run()
        }
        #expect(try headquarters.replica.record(Self.member).cells == cells)
        #expect(headquarters.replica.digest(of: .chain) == digest)
        #expect(try headquarters.replica.recomputedDigest(of: .chain) == digest)
    }

    @Test func `what cannot be mended is named on both sides, and leaves its scope out alone`() throws {
        let (headquarters, store) = try scene()
        let key = try RecordKey(
            scope: Self.customers, collection: RetailSchema.customer.number, id: Identifier("C0000099").required)
        let neighbour = try SessionEnd(2)
        var link = SessionLink(neighbour, headquarters, seed: 5)
        link.connect()
        link.run()
        link.tear()
        // Only one neighbour has a cell of headquarters' that headquarters does not have, and nobody else can vouch for it.
        let turn = try lie(
            Self.customers, about: key, headquarters.replica.identity.origin, of: neighbour,
            slot: SlotKey(field: RetailSchema.Customer.phone), .text("+666"))
        let desk = RepairDesk(neighbour.replica)
        let peer = RepairPeer(0, of: neighbour.member, Access())
        _ = try desk.take(try desk.examine(turn, from: peer), from: peer)
        var street = SessionLink(neighbour, store, seed: 6)
        street.now = Moment(monotonic: 0, wall: 1_740_000_200_000)
        street.connect()
        street.run()
        for _ in 0..<20 {
            street.pass(1000)
            for end in [neighbour, store] { end.session?.tick(at: street.now) }
            street.run()
        }
        #expect(neighbour.session?.suspended == [Self.customers: .unequal(scope: Self.customers)])
        #expect(store.session?.suspended[Self.customers]?.name == "unequal")
        #expect(store.session?.end == nil && neighbour.session?.end == nil)

        // Somebody else may mend one of them, which only another session finds out.
        for _ in 0..<900 {
            street.pass(1000)
            for end in [neighbour, store] { end.session?.tick(at: street.now) }
            street.run()
        }
        #expect([store, neighbour].contains { $0.session?.end == .finished })
    }

    @Test func `a scope that the peer may not read is not compared, nor are its records told`() throws {
        let (headquarters, store) = try scene()
        let books = Scope(.books, of: 1)
        let standing = RepairDesk(headquarters.replica).standing(of: books)
        let key = try #require(try store.replica.keys(of: books).first)
        let question = RepairTurn(scope: books, isAnswer: false, form: .doubtful, mark: standing.mark, digest: .zero)
        for frame in [Frame.repair(question), .lack(books, [key])] {
            var attacker = Attacker(2, against: headquarters)
            try attacker.open()
            try attacker.say(frame)
            #expect(attacker.end == .notPermitted(scope: books, member: 2))
        }
    }

    @Test func `questions come one at a time, and not without end`() throws {
        let (headquarters, _) = try scene()
        let standing = RepairDesk(headquarters.replica).standing(of: Self.customers)
        let question = Frame.repair(
            RepairTurn(scope: Self.customers, isAnswer: false, form: .doubtful, mark: standing.mark, digest: .zero))
        var hasty = Attacker(2, against: headquarters)
        try hasty.open()
        try hasty.say(bytes: question.bytes + question.bytes)
        #expect(hasty.end == .unexpected(kind: FrameKind.repair.rawValue))
        var greedy = Attacker(2, against: headquarters)
        try greedy.open()
        var count = 0
        while greedy.end == nil, count < 1000 {
            try greedy.say(question)
            count += 1
        }
        #expect(greedy.end == .flooded(kind: FrameKind.repair.rawValue))
        #expect(count == 65)
        // Of headquarters that hold nothing, and so send nothing that should be acknowledged.
        let empty = try SessionEnd(0)
        var patient = Attacker(2, against: empty)
        try patient.open()
        for _ in 0..<200 {
            try patient.pass(2000)
            try patient.say(question)
        }
        #expect(patient.end == nil)
        var deaf = Attacker(2, against: empty)
        try deaf.open()
        empty.session?.noteDamage(of: [Self.customers], at: deaf.now)
        try deaf.listen()
        for _ in 0..<13 where deaf.end == nil {
            try deaf.pass(10_000)
            try deaf.say(.ping(time: 1))
        }
        #expect(deaf.end == .timedOut(.acknowledgement))
    }

    @Test func `nobody makes headquarters forget a damaged record by not knowing it`() throws {
        let (headquarters, store) = try scene()
        let customer = try RecordKey(
            scope: Self.customers, collection: RetailSchema.customer.number, id: Identifier("C0000042").required)
        let cells = try headquarters.replica.record(customer).cells
        try headquarters.replica.quarantine(customer)
        let cut = headquarters.replica.cut(of: Self.customers)
        let header = DeltaHeader(
            scope: Self.customers, base: Cut(), cut: cut, horizon: VersionVector(), reach: .wholeState, runs: [])
        let nothing = Mending(
            scope: Self.customers, keys: [customer], cut: cut, piece: try PieceEncoder(header).encode([]).bytes)
        var attacker = Attacker(2, against: headquarters)
        try attacker.open()
        headquarters.session?.noteDamage(of: [Self.customers], at: attacker.now)
        try attacker.listen()
        #expect(attacker.heard.last == .lack(Self.customers, [customer]))
        try attacker.say(.mend(nothing))
        #expect(attacker.end == nil && headquarters.replica.quarantinedKeys == [customer])
        var link = SessionLink(store, headquarters, seed: 7)
        link.now = Moment(monotonic: 0, wall: 1_740_000_100_000)
        link.connect()
        link.run()
        #expect(headquarters.replica.quarantinedKeys == [])
        #expect(try headquarters.replica.record(customer).cells == cells)
    }

    @Test func `ranges that overlap or go back end the session`() throws {
        let (headquarters, _) = try scene()
        let keys = try headquarters.replica.keys(of: Self.customers)
        #expect(keys.count == 2)
        func offer(_ begins: [RecordKey], upTo end: RecordKey?) -> RepairMove {
            let ranges = begins.map { RepairOffer.Range(lower: $0, sum: Fingerprint(count: 1, sum: .zero)) }
            return .offer(RepairOffer(scope: Self.customers, ranges: ranges, upper: end))
        }
        let turns = [
            [offer([keys[1], keys[0]], upTo: nil)], [offer([keys[0], keys[0]], upTo: nil)],
            [offer([keys[1]], upTo: keys[0])], [offer([keys[0]], upTo: keys[1]), offer([keys[0]], upTo: nil)],
            [offer([keys[0]], upTo: nil), offer([keys[1]], upTo: nil)],
        ]
        for (index, moves) in turns.enumerated() {
            var attacker = Attacker(2, against: headquarters)
            try attacker.open()
            let mark = headquarters.replica.mark(of: Self.customers)
            try attacker.say(
                .repair(RepairTurn(scope: Self.customers, isAnswer: false, mark: mark, digest: .zero, moves: moves)))
            #expect(attacker.end?.name == "malformed", "\(index)")
        }
    }

    @Test func `records outside their range, beyond the cut, or unasked for, end the session and change nothing`() throws {
        let (headquarters, _) = try scene()
        let standing = RepairDesk(headquarters.replica).standing(of: .chain)
        let cut = headquarters.replica.cut(of: .chain)
        let origin = headquarters.replica.identity.origin
        let header = DeltaHeader(scope: .chain, base: Cut(), cut: cut, horizon: VersionVector(), reach: .wholeState, runs: [])
        let record = try DeltaRecord(
            key: Self.member,
            cells: [
                Cell(
                    slot: SlotKey(field: Self.name), dot: Dot(origin: origin, sequence: 1), stamp: HLC(milliseconds: 1),
                    content: .value(.integer(1)))
            ])
        let piece = try PieceEncoder(header).encode([record]).bytes
        let before = RecordKey(scope: .chain, collection: 1, id: Identifier(number: 1, digits: 3))
        let frames: [Frame] = [
            .repair(
                RepairTurn(
                    scope: .chain, isAnswer: false, mark: standing.mark, digest: .zero,
                    moves: [
                        .records(RepairRecords(scope: .chain, lower: nil, upper: before, wantsAnswer: true, piece: piece))
                    ])),
            .repair(
                RepairTurn(
                    scope: .chain, isAnswer: false, mark: standing.mark, digest: .zero,
                    moves: [
                        .records(
                            RepairRecords(
                                scope: .chain, lower: nil, upper: nil, wantsAnswer: true, piece: Array(piece.dropLast())))
                    ])),
        ]
        for frame in frames {
            var attacker = Attacker(2, against: headquarters)
            try attacker.open()
            try attacker.say(frame)
            #expect(attacker.end?.name == "refused")
        }
        try headquarters.replica.quarantine(Self.member)
        var attacker = Attacker(2, against: headquarters)
        try attacker.open()
        headquarters.session?.noteDamage(of: [.chain], at: attacker.now)
        try attacker.listen()
        #expect(attacker.heard.last == .lack(.chain, [Self.member]))
        try attacker.say(.mend(Mending(scope: .chain, keys: [before], cut: cut, piece: piece)))
        #expect(attacker.end?.name == "refused")
        #expect(headquarters.replica.quarantinedKeys == [Self.member])
    }
}
