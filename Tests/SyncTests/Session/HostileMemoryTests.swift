import CRDT
import Replica
import Retail
import Sync
import Testing

/// What a damaged replica remembers of its rows is what made-up records are held to: nobody may make it forget that, or pass
/// by it, and no answer piles up at whoever is asked.
@Suite struct HostileMemoryTests {
    private static let customers = Scope(.customers)
    private let headquarters: SessionEnd
    private let store: SessionEnd
    private let customer: RecordKey

    /// HQ and store 1 hold the same; the attacker is store 2, and stands where HQ does.
    init() throws {
        var link = SessionLink(try SessionEnd(1), try SessionEnd(0), seed: 3)
        for number in 0..<5 { try link.left.sell("S001-\(1000 + number)", at: link.now) }
        try link.left.edit("C0000043", phone: "+48", at: link.now)
        try link.right.edit("C0000042", phone: "+49", at: link.now)
        link.connect()
        link.run()
        #expect(link.differences == [])
        link.tear()
        (store, headquarters) = (link.left, link.right)
        customer = try RecordKey(
            scope: Self.customers, collection: RetailSchema.customer.number, id: Identifier("C0000042").required)
    }

    private func header(_ scope: Scope, _ cut: Cut) -> DeltaHeader {
        DeltaHeader(scope: scope, base: Cut(), cut: cut, horizon: VersionVector(), reach: .wholeState, runs: [])
    }

    private func mending(_ key: RecordKey, as cells: [Cell], at cut: Cut) throws -> Mending {
        let records = cells.isEmpty ? [] : [try DeltaRecord(key: key, cells: cells)]
        let piece = try PieceEncoder(header(key.scope, cut)).encode(records).bytes
        return Mending(scope: key.scope, keys: [key], cut: cut, piece: piece)
    }

    /// HQ loses all rows, and finds that out.
    private func loseAll() throws -> Hash128 {
        let digest = try headquarters.replica.digest(of: Self.customers).required
        try headquarters.damage("DELETE FROM record")
        var position = RowVerification()
        while try !headquarters.replica.verify(&position, limit: 9).isComplete {}
        #expect(headquarters.replica.doubtfulScopes.contains(Self.customers))
        return digest
    }

    @Test func `nobody makes headquarters forget lost rows by saying that those left are all`() throws {
        let digest = try loseAll()
        var attacker = Attacker(2, against: headquarters)
        try attacker.open()
        let mark = headquarters.replica.mark(of: Self.customers)
        try attacker.say(
            .repair(RepairTurn(scope: Self.customers, isAnswer: false, form: .same, mark: mark, digest: .zero)))
        #expect(attacker.end == nil)
        #expect(headquarters.replica.digest(of: Self.customers) == digest)
        #expect(headquarters.replica.ailingScopes.contains(Self.customers))
    }

    @Test func `nor by answering with what headquarters itself has told of its rows`() throws {
        let digest = try loseAll()
        var attacker = Attacker(2, against: headquarters)
        try attacker.open(holding: [
            Offer.Entry(
                scope: Self.customers,
                form: .told(headquarters.replica.cut(of: Self.customers), digest: nil, staged: nil))
        ])
        headquarters.session?.noteDamage(of: [Self.customers], at: attacker.now)
        try attacker.listen()
        let asked = attacker.heard.last { if case .repair = $0 { true } else { false } }
        guard case .repair(let question)? = asked else { throw Missing() }
        #expect(question.form == .doubtful)
        let echo = RepairOffer(
            scope: Self.customers,
            ranges: [.init(lower: nil, sum: try headquarters.replica.fingerprint(of: Self.customers))], upper: nil)
        try attacker.say(
            .repair(
                RepairTurn(scope: Self.customers, isAnswer: true, mark: question.mark, digest: .zero, moves: [.offer(echo)])))
        #expect(headquarters.replica.digest(of: Self.customers) == digest)
        #expect(headquarters.replica.ailingScopes.contains(Self.customers))
        // So whoever has the rows is still believed, though others wrote them.
        let cells = try store.replica.record(customer).cells
        var link = SessionLink(store, headquarters, seed: 4)
        link.now = Moment(monotonic: 0, wall: 1_740_000_100_000)
        link.connect()
        link.run()
        for _ in 0..<20 {
            headquarters.session?.noteDamage(of: headquarters.replica.ailingScopes, at: link.now)
            link.run()
            link.pass(1000)
            for end in [store, headquarters] { end.session?.tick(at: link.now) }
        }
        #expect(try headquarters.replica.record(customer).cells == cells)
        #expect(headquarters.replica.digest(of: Self.customers) == digest)
        #expect(headquarters.replica.ailingScopes == [] && headquarters.session?.suspended == [:])
    }

    @Test func `who gives no credit is not answered, and may not ask again before it is`() throws {
        var attacker = Attacker(2, against: headquarters)
        var hello = attacker.hello
        hello.credit = 1
        try attacker.say(.hello(hello), .offer(Offer([], isLast: true)), .ready(echo: 0, received: 0, time: 0))
        let mark = headquarters.replica.mark(of: Self.customers)
        let question = Frame.repair(
            RepairTurn(scope: Self.customers, isAnswer: false, form: .doubtful, mark: mark, digest: .zero))
        try attacker.say(question)
        #expect(attacker.end == nil)
        #expect(!attacker.heard.contains { if case .repair = $0 { true } else { false } })
        try attacker.say(.lack(Self.customers, [customer]))
        #expect(attacker.end == .unexpected(kind: FrameKind.lack.rawValue))
    }

    @Test func `answers of elsewhere prove nothing and count for nothing, however many there are`() throws {
        let cut = headquarters.replica.cut(of: Self.customers)
        let cells = try headquarters.replica.record(customer).cells
        let elsewhere = Cut(cut.points.filter { $0.origin.member != 1 })
        #expect(elsewhere != cut)
        try headquarters.replica.quarantine(customer)
        let (desk, attacker) = (RepairDesk(headquarters.replica), RepairPeer(2, of: 0, Access()))
        for _ in 0..<20 { _ = try desk.mend([try mending(customer, as: [], at: elsewhere)], from: attacker, at: 0) }
        _ = try desk.mend([try mending(customer, as: [], at: cut)], from: attacker, at: 0)
        #expect(headquarters.replica.quarantinedKeys == [customer])
        _ = try desk.mend([try mending(customer, as: cells, at: cut)], from: RepairPeer(1, of: 0, Access()), at: 0)
        #expect(headquarters.replica.quarantinedKeys == [])
        #expect(try headquarters.replica.record(customer).cells == cells)
    }

    @Test func `where nothing can be proven, headquarters believes what was told often and never contradicted`() throws {
        let cells = try headquarters.replica.record(customer).cells
        let (desk, cut) = (RepairDesk(headquarters.replica), headquarters.replica.cut(of: Self.customers))
        try headquarters.replica.quarantine(customer)
        // What came in meanwhile is not counted here, as when another row is lost besides.
        try headquarters.damage("DELETE FROM record")
        let (store, attacker) = (RepairPeer(1, of: 0, Access()), RepairPeer(2, of: 0, Access()))
        func tell(_ cells: [Cell], _ peer: RepairPeer) throws {
            _ = try desk.mend([try mending(customer, as: cells, at: cut)], from: peer, at: 0)
        }
        try tell([], attacker)
        for _ in 0..<20 { try tell(cells, store) }
        for _ in 0..<20 { try tell([], attacker) }
        #expect(headquarters.replica.quarantinedKeys == [customer], "two have contradicted each other")
        let again = try SessionEnd(startingFrom: headquarters.image, run: 9)
        let peer = RepairPeer(1, of: 0, Access())
        for count in 1...9 {
            #expect(again.replica.quarantinedKeys == [customer])
            _ = try RepairDesk(again.replica).mend([try mending(customer, as: cells, at: cut)], from: peer, at: Int64(count))
        }
        #expect(again.replica.quarantinedKeys == [])
        #expect(try again.replica.record(customer).cells == cells)
    }

    @Test(arguments: [true, false], [UInt32(0), 2])
    func `a store's own count comes from its facts, whatever anybody says or leaves out`(
        isLeftOut: Bool, member: UInt32
    ) throws {
        let stock = RetailSchema.stock(of: try Identifier("P00010").required, at: 1)
        let sales = try store.sales(of: 1)
        #expect(sales.sold == 10)
        let sold = try #require(try store.replica.record(stock).cells.first)
        let lies = [RetailSchema.Stock.sold, RetailSchema.Stock.received].sorted().map { field in
            Cell(
                slot: SlotKey(field: field), dot: sold.dot, stamp: sold.stamp,
                content: .value(.count(Count(increments: 1000))))
        }
        try store.replica.quarantine(stock)
        let mending = try mending(stock, as: isLeftOut ? [] : lies, at: store.replica.cut(of: stock.scope))
        let peer = RepairPeer(member, of: 1, Access())
        let standing = try RepairDesk(store.replica).mend([mending], from: peer, at: 1_740_000_100_000)
        #expect(standing?.asideCount == 0)
        #expect(try store.sales(of: 1) == sales)
        #expect(try store.replica.record(stock).counter(RetailSchema.Stock.received).value == 0)
        #expect(try store.replica.repairs(of: stock.scope) == 1)
        #expect(try store.replica.recomputedDigest(of: stock.scope) == store.replica.digest(of: stock.scope))
    }

    @Test func `a count is not begun anew beside a past that is not this one's`() throws {
        let stock = RetailSchema.stock(of: try Identifier("P00010").required, at: 1)
        let (origin, point) = try #require(store.replica.cut(of: stock.scope).points.first)
        try store.replica.quarantine(stock)
        let (desk, peer) = (RepairDesk(store.replica), RepairPeer(0, of: 1, Access()))
        let ahead = Cut([(origin, ChainPoint(sequence: point.sequence + 1, hash: point.hash))])
        _ = try desk.mend([try mending(stock, as: [], at: ahead)], from: peer, at: 0)
        #expect(store.replica.quarantinedKeys == [stock])
        let forked = Cut([(origin, ChainPoint(sequence: point.sequence, hash: Hash128(high: 1, low: 1)))])
        #expect(throws: ReplicaError.forked(scope: stock.scope, origin: origin, sequence: point.sequence)) {
            try desk.mend([try mending(stock, as: [], at: forked)], from: peer, at: 0)
        }
        #expect(store.replica.quarantinedKeys == [stock])
    }

    @Test func `a mending that was not asked for, or of another scope, ends the session`() throws {
        for isAsked in [false, true] {
            if isAsked { try headquarters.replica.quarantine(customer) }
            var attacker = Attacker(2, against: headquarters)
            try attacker.open()
            if isAsked {
                headquarters.session?.noteDamage(of: [Self.customers], at: attacker.now)
                try attacker.listen()
                #expect(attacker.heard.last == .lack(Self.customers, [customer]))
            }
            let scope = isAsked ? Scope.chain : Self.customers
            try attacker.say(.mend(Mending(scope: scope, keys: [], cut: Cut(), piece: [])))
            #expect(attacker.end == .unexpected(kind: FrameKind.mend.rawValue))
        }
    }

    @Test func `in a member's stock the registrar believes that member, and a store nobody but headquarters`() throws {
        let stock = RetailSchema.stock(of: try Identifier("P00010").required, at: 1)
        let cut = headquarters.replica.cut(of: stock.scope)
        try headquarters.replica.quarantine(stock)
        // Nothing can be proven any more.
        try headquarters.damage("DELETE FROM record")
        let cells = try store.replica.record(stock).cells
        let registrar = RepairDesk(headquarters.replica)
        for _ in 0..<20 {
            _ = try registrar.mend([try mending(stock, as: [], at: cut)], from: RepairPeer(2, of: 0, Access()), at: 0)
        }
        #expect(headquarters.replica.quarantinedKeys == [stock])
        _ = try registrar.mend([try mending(stock, as: cells, at: cut)], from: RepairPeer(1, of: 0, Access()), at: 0)
        #expect(headquarters.replica.quarantinedKeys == [])
        #expect(try headquarters.replica.record(stock).cells == cells)

        let told = try store.replica.record(customer).cells
        let here = store.replica.cut(of: Self.customers)
        try store.replica.quarantine(customer)
        let desk = RepairDesk(store.replica)
        for _ in 0..<20 {
            _ = try desk.mend([try mending(customer, as: [], at: here)], from: RepairPeer(2, of: 1, Access()), at: 0)
        }
        #expect(store.replica.quarantinedKeys == [customer])
        // Nor headquarters, while it holds something else.
        let elsewhere = Cut(here.points.filter { $0.origin.member != 1 })
        _ = try desk.mend([try mending(customer, as: [], at: elsewhere)], from: RepairPeer(0, of: 1, Access()), at: 0)
        #expect(store.replica.quarantinedKeys == [customer])
        _ = try desk.mend([try mending(customer, as: told, at: here)], from: RepairPeer(0, of: 1, Access()), at: 0)
        #expect(try store.replica.record(customer).cells == told)
        #expect(try store.replica.repairs(of: Self.customers) == 1)
    }

    @Test func `what was looked at before a sale is not written after it`() throws {
        let told = try store.replica.record(customer).cells
        try store.damage("DELETE FROM record")
        let peer = RepairPeer(0, of: 1, Access())
        let standing = RepairDesk(store.replica).standing(of: Self.customers)
        let piece = try PieceEncoder(header(Self.customers, store.replica.cut(of: Self.customers)))
            .encode([try DeltaRecord(key: customer, cells: told)]).bytes
        let records = RepairRecords(scope: Self.customers, lower: nil, upper: nil, wantsAnswer: false, piece: piece)
        let turn = RepairTurn(
            scope: Self.customers, isAnswer: false, mark: standing.mark, digest: .zero, moves: [.records(records)])
        let desk = RepairDesk(store.replica)
        let late = try desk.examine(turn, from: peer)
        try store.edit("C0000044", phone: "+50", at: Moment(monotonic: 0, wall: 1_740_000_200_000))
        #expect(try desk.take(late, from: peer).form == .unable)
        #expect(try store.replica.record(customer).cells == [])
        #expect(try desk.examine(turn, from: peer).reply.mark != turn.mark)
    }

    @Test func `no more records come at once than a range may have`() throws {
        let cut = headquarters.replica.cut(of: Self.customers)
        let cell = try #require(try headquarters.replica.record(customer).cells.first)
        for (count, isRefused) in [(64, false), (65, true)] {
            let records = try (0..<count).map { number in
                let id = try Identifier("C\(20_000 + number)").required
                let key = RecordKey(scope: Self.customers, collection: RetailSchema.customer.number, id: id)
                return try DeltaRecord(key: key, cells: [cell])
            }
            let piece = try PieceEncoder(header(Self.customers, cut)).encode(records).bytes
            let move = RepairRecords(scope: Self.customers, lower: nil, upper: nil, wantsAnswer: false, piece: piece)
            var attacker = Attacker(2, against: headquarters)
            try attacker.open()
            let mark = headquarters.replica.mark(of: Self.customers)
            try attacker.say(
                .repair(
                    RepairTurn(scope: Self.customers, isAnswer: false, mark: mark, digest: .zero, moves: [.records(move)])))
            #expect((attacker.end?.name == "refused") == isRefused)
        }
    }
}
