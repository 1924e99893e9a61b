import CRDT
import Replica
import Simulation
import Testing

/// What this replica's own transactions did to heads and index, before and after it is moved to its place.
@Suite struct RecentTests {
    private let disk = SimulatedDisk()
    private let till: Replica

    init() throws {
        till = try Shop.replica(1, on: disk)
        for number in 1...300 { try till.sell(UInt64(number), 1, at: 1000) }
    }

    private func expectWhole(_ replica: Replica, transactions: UInt64) throws {
        let origin = replica.identity.origin
        for scope in [Shop.books, Shop.stock] {
            #expect(replica.vector(of: scope).sequence(of: origin) == transactions)
            #expect(try replica.knowledge(of: origin, in: scope).points.map(\.sequence) == Array(1...transactions))
            #expect(try replica.recomputedDigest(of: scope) == replica.digest(of: scope))
        }
        var known = VersionVector()
        known.advance(origin, to: transactions - 10)
        guard case .changes(let sales) = try replica.feed(of: Shop.books, beyond: known),
            case .changes(let items) = try replica.feed(of: Shop.stock, beyond: known)
        else { throw Violation("nobody renamed a transaction") }
        #expect(sales.suffix(10) == (transactions - 9...transactions).map { Shop.sale($0) })
        #expect(items == [Shop.item])
        #expect(try replica.soldItems == Int64(transactions))
    }

    @Test func `opening finds recent transactions, moved or not`() throws {
        try expectWhole(till, transactions: 300)
        try expectWhole(try Shop.copy(disk, run: 2), transactions: 300)
        try till.checkpoint()
        try expectWhole(till, transactions: 300)
        try expectWhole(try Shop.copy(disk, run: 3), transactions: 300)
        try till.sell(301, 1, at: 2000)
        try expectWhole(try Shop.copy(disk, run: 4), transactions: 301)
    }

    @Test func `a record that was written often is named once when it is moved`() throws {
        func blocks() throws -> Int64? {
            try Connection(path: "replica.db", mode: .read, vfs: disk.vfsName).integer("SELECT count(*) FROM change")
        }
        #expect(try blocks() == 0)
        try till.checkpoint()
        // 300 sales in blocks of 128, and one block for the one item.
        #expect(try blocks() == 4)
    }

    @Test func `a full disk may delay the moving and loses nothing`() throws {
        disk.arm(DiskFault(.fullFromThenOn, after: 0, of: [.write]))
        #expect(throws: StorageError.self) { try till.checkpoint() }
        disk.disarm()
        try till.sell(301, 1, at: 2000)
        try till.checkpoint()
        try expectWhole(till, transactions: 301)
        try expectWhole(try Shop.copy(disk, run: 2), transactions: 301)
    }

    /// What is left after a crash is played again only if the disk was given the same bytes in the same order. Dictionaries iterate
    /// in another order each time: rows of many scopes were once moved in that of a dictionary, and their pages split elsewhere.
    @Test func `the same calls write the same bytes`() throws {
        func file() throws -> [UInt8]? {
            let disk = SimulatedDisk()
            let till = try Shop.replica(1, on: disk)
            for number in 1...400 {
                let key = RecordKey(
                    scope: Scope(.books, of: UInt32(1 + number % 80)), collection: 11,
                    id: Identifier(number: UInt64(number), digits: 6))
                try till.perform(at: Int64(number)) { try $0.set(Shop.text, of: key, to: .text("\(number)")) }
            }
            try till.checkpoint()
            // The log begins with numbers that SQLite draws for the whole process.
            return disk.image.files["replica.db"]
        }
        let first = try #require(try file())
        for _ in 1...4 { #expect(try file() == first) }
    }
}
