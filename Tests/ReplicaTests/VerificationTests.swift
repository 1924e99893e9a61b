import CRDT
import Replica
import Simulation
import Testing

/// Rot is found a few rows at a time, and what comes back is held to what is remembered.
@Suite struct VerificationTests {
    private let till: Replica
    private let disk = SimulatedDisk()
    private let headquarters: Replica

    init() throws {
        till = try Shop.replica(1)
        headquarters = try Shop.replica(0, on: disk)
        for number in 1...9 { try till.sell(UInt64(number), 1, at: 1000) }
        try till.perform(at: 1000) { try $0.set(Shop.text, of: Shop.note, to: .text("a")) }
        for scope in till.heldScopes {
            let delta = try #require(try till.delta(scope, for: headquarters.cut(of: scope)))
            try headquarters.join([delta], at: 2000)
        }
    }

    /// Headquarters with rows changed behind the engine's back.
    private func damaged(_ statement: String, _ key: RecordKey) throws -> Replica {
        let twin = SimulatedDisk(disk.image)
        return try withExtendedLifetime(twin) {
            var bytes = ByteWriter()
            key.encode(into: &bytes)
            try Connection(path: "replica.db", mode: .write, vfs: twin.vfsName).prepare(statement + " WHERE key = ?")
                .bind(copying: bytes.bytes, at: 1).run()
            return try Replica.open(at: "replica.db", Shop.parameters(twin, run: 77))
        }
    }

    /// - Returns: the damaged records that were found, and how many steps it took.
    private func verify(_ replica: Replica, limit: Int) throws -> (damaged: [RecordKey], steps: Int) {
        var (position, damaged, steps) = (RowVerification(), [RecordKey](), 0)
        while true {
            let found = try replica.verify(&position, limit: limit)
            steps += 1
            #expect(found.rowCount <= limit)
            damaged += found.damaged
            if found.isComplete { return (damaged, steps) }
        }
    }

    private static let spoil = "UPDATE record SET value = substr(value, 1, length(value) - 1) || x'5A'"

    @Test(arguments: [1, 2, 5, 100])
    func `whatever the step, a damaged row is found, and nothing else`(limit: Int) throws {
        let whole = try verify(headquarters, limit: limit)
        #expect(whole.damaged == [] && headquarters.doubtfulScopes == [])
        #expect(whole.steps == 11 / limit + 1, "ten rows of books, one of stock")
        let hurt = try damaged(Self.spoil, Shop.sale(4))
        #expect(try verify(hurt, limit: limit).damaged == [Shop.sale(4)])
        #expect(try hurt.quarantineIfDamaged(Shop.sale(4)))
        #expect(try !hurt.quarantineIfDamaged(Shop.sale(5)))
        #expect(hurt.ailingScopes == [Shop.books])
    }

    @Test(arguments: [1, 3, 100])
    func `a row that is gone leaves its scope in doubt, until the sum is right`(limit: Int) throws {
        let hurt = try damaged("DELETE FROM record", Shop.sale(4))
        #expect(try verify(hurt, limit: limit).damaged == [])
        #expect(hurt.ailingScopes == [Shop.books])
        let sums = try hurt.rowSums(of: Shop.books)
        #expect(sums.total != hurt.digest(of: Shop.books))
        #expect(try hurt.correctDigest(with: sums))
        #expect(hurt.ailingScopes == [] && sums.total == hurt.digest(of: Shop.books))
        #expect(try hurt.recomputedDigest(of: Shop.books) == sums.total)
    }

    @Test func `a scope that changes while it is looked through is not doubted, and old sums correct nothing`() throws {
        var position = RowVerification()
        let sums = try till.rowSums(of: Shop.books)
        #expect(try !till.verify(&position, limit: 3).isComplete)
        try till.sell(20, 1, at: 3000)
        while try !till.verify(&position, limit: 3).isComplete {}
        #expect(till.doubtfulScopes == [])
        let digest = till.digest(of: Shop.books)
        #expect(try !till.correctDigest(with: sums))
        #expect(till.digest(of: Shop.books) == digest)
    }

    @Test func `what is put back must add up to what the heads say, unless its bringer is trusted`() throws {
        let cut = headquarters.cut(of: Shop.books)
        let digest = headquarters.digest(of: Shop.books)
        let kept = try headquarters.record(Shop.note).cells
        let lies = kept.map { cell in
            var cell = cell
            cell.content = .value(.text("b"))
            return cell
        }
        let hurt = try damaged(Self.spoil, Shop.note)
        try hurt.quarantine(Shop.note)
        for cells in [lies, []] {
            #expect(
                try hurt.mend([(key: Shop.note, cells: cells)], of: Shop.books, peer: cut, at: 3000) { _ in false } == 0)
            #expect(hurt.quarantinedKeys == [Shop.note])
        }
        #expect(
            try hurt.mend([(key: Shop.note, cells: kept)], of: Shop.books, peer: cut, at: 3000) { _ in false } == 1)
        #expect(hurt.quarantinedKeys == [] && hurt.digest(of: Shop.books) == digest)
        #expect(try hurt.record(Shop.note).cells == kept)
        #expect(try hurt.verifyRows() == [])
    }

    @Test func `cells that were lost come back from anybody, and made-up ones from nobody`() throws {
        let hurt = try damaged("DELETE FROM record", Shop.sale(4))
        let (cut, digest) = (hurt.cut(of: Shop.books), hurt.digest(of: Shop.books))
        let lost = try DeltaRecord(key: Shop.sale(4), cells: try till.record(Shop.sale(4)).cells)
        let dot = try #require(try lost.cells().first?.dot)
        let made = try DeltaRecord(
            key: Shop.note,
            cells: [
                Cell(
                    slot: SlotKey(field: Shop.tags, element: .index(9)), dot: dot, stamp: HLC(milliseconds: 1000),
                    content: .value(.empty))
            ])
        for records in [[made], [made, lost]] {
            let sorted = records.sorted { $0.key < $1.key }
            let sums = try hurt.rowSums(of: Shop.books)
            #expect(try hurt.reconcile(sorted, of: Shop.books, from: 2, at: cut, knowing: sums) { _ in false } == 0)
        }
        #expect(try hurt.reconcile([lost], of: Shop.books, from: 2, at: cut) { _ in false } == 0, "without sums nobody knows")
        let sums = try hurt.rowSums(of: Shop.books)
        #expect(try hurt.reconcile([lost], of: Shop.books, from: 2, at: cut, knowing: sums) { _ in false } == 1)
        #expect(try hurt.soldByFacts == 9)
        #expect(hurt.digest(of: Shop.books) == digest, "the head had counted it all along")
        #expect(try hurt.recomputedDigest(of: Shop.books) == digest)
        #expect(try hurt.reconcile([made], of: Shop.books, from: 1, at: cut) { $0.member == 1 } == 1, "its own word counts")
    }
}
