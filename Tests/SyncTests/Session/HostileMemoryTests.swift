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
}
