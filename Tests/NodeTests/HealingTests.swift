import CRDT
import Foundation
import Node
import Replica
import Retail
import Simulation
import Testing

/// HQ and two stores in folders, whose databases are put back, cloned and damaged between exchanges.
@Suite struct HealingTests {
    private let folder: TemporaryFolder
    private let names = ["0", "1", "2"]

    init() throws {
        folder = try TemporaryFolder()
        for (name, member) in zip(names, UInt32(0)...) { _ = try ReplicaDirectory.test(folder[name], member: member) }
        try sell(1...5, of: 1)
        try sell(1...3, of: 2)
    }

    private func sell(_ numbers: ClosedRange<Int>, _ tag: String = "A", of member: UInt32) throws {
        let directory = try ReplicaDirectory.open(at: folder["\(member)"])
        for number in numbers { try directory.replica.apply(at: 1) { try $0.sell("\(tag)\(number)", of: member) } }
        try directory.replica.commit()
        try directory.writeHighWater()
    }

    /// Opens all, exchanges, and closes them again.
    @discardableResult
    private func exchange(_ seed: UInt64 = 1, recordsAtOnce: Int = 20_000) throws -> ExchangeProgress {
        let replicas = try names.map { try ReplicaDirectory.open(at: folder[$0]) }
        var exchange = Exchange(replicas, random: SeededRandom(seed: seed))
        exchange.members = [0, 1, 2]
        exchange.recordsAtOnce = recordsAtOnce
        exchange.bytesPerPiece = 64
        return try exchange.run(now: { 1_800_000_000_000 }, report: { _ in })
    }

    private func copy(_ source: String, to target: String) throws {
        if FileManager.default.fileExists(atPath: folder[target]) { try FileManager.default.removeItem(atPath: folder[target]) }
        try FileManager.default.copyItem(atPath: folder[source], toPath: folder[target])
    }

    /// What a store has sold is the same everywhere, in counters and in orders, and nothing more is missing.
    private func expect(sold: [UInt32: Int64], _ location: SourceLocation = #_sourceLocation) throws {
        #expect(try exchange(99).rounds == 0, sourceLocation: location)
        let replicas = try names.map { try ReplicaDirectory.open(at: folder[$0]) }
        for directory in replicas {
            try directory.replica.verify()
            for (member, count) in sold where directory.card.member == 0 || directory.card.member == member {
                let record = try directory.replica.record(RetailSchema.stock(of: .of("P1"), at: member))
                #expect(record.counter(RetailSchema.Stock.sold).value == count, sourceLocation: location)
                let orders = try directory.replica.keys(
                    of: Scope(.books, of: member), collection: RetailSchema.order.number)
                #expect(orders.count == Int(count), sourceLocation: location)
            }
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>, [1, 20_000])
    func `a database that was put back by hand heals at the next exchange`(_ seed: UInt64, _ recordsAtOnce: Int) throws {
        try exchange()
        try copy("1/replica.db", to: "old.db")
        try sell(6...9, of: 1)
        try exchange()
        try sell(4...5, of: 2)
        try copy("old.db", to: "1/replica.db")
        let done = try exchange(seed, recordsAtOnce: recordsAtOnce)
        #expect(done.healings.contains(.newIncarnation(replica: "S001", because: .putBack)))
        try expect(sold: [1: 9, 2: 5])
        try sell(10...12, of: 1)
        #expect(try exchange(seed).healings.isEmpty)
        try expect(sold: [1: 12, 2: 5])
    }

    @Test func `sales that nobody else knew are gone with the disk, and the rest stands`() throws {
        try exchange()
        try copy("1/replica.db", to: "old.db")
        try sell(6...9, of: 1)
        try copy("old.db", to: "1/replica.db")
        try exchange()
        try expect(sold: [1: 5, 2: 3])
        #expect(try !ReplicaDirectory.open(at: folder["1"]).isBehindHighWater)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>, [1, 20_000])
    func `two copies of one folder that both sold take turns, and both count`(
        _ seed: UInt64, _ recordsAtOnce: Int
    ) throws {
        try exchange()
        try copy("1", to: "clone")
        try sell(6...9, of: 1)
        try exchange(seed)
        // The other copy has sold, too, and is put in the first one's place.
        try copy("1", to: "first")
        try copy("clone", to: "1")
        try sell(1...6, "B", of: 1)
        let second = try exchange(seed, recordsAtOnce: recordsAtOnce)
        #expect(second.healings.contains(.newIncarnation(replica: "S001", because: .forked)))
        try expect(sold: [1: 15, 2: 3])
        try copy("1", to: "clone")
        try copy("first", to: "1")
        try sell(10...11, of: 1)
        let third = try exchange(seed, recordsAtOnce: recordsAtOnce)
        #expect(third.healings.contains(.newIncarnation(replica: "S001", because: .closed)))
        try expect(sold: [1: 17, 2: 3])
        try copy("clone", to: "1")
        try sell(7...8, "B", of: 1)
        try exchange(seed)
        try expect(sold: [1: 19, 2: 3])
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a branch that is written again has reached nobody under its old numbers`(_ seed: UInt64) throws {
        try exchange()
        try copy("1", to: "clone")
        // Only HQ hears of this, so the neighbour would take the other branch.
        try order("T1", of: 2, at: 1)
        try exchange(among: ["0", "1"], seed)
        try copy("clone", to: "1")
        try order("T2", of: 2, at: 1)
        let done = try exchange(seed)
        #expect(done.healings == [.newIncarnation(replica: "S001", because: .forked)])
        try expect(sold: [1: 5, 2: 3])
        let customer = try ReplicaDirectory.open(at: folder["2"]).replica.record(RetailSchema.customer(.of("C1")))
        #expect(customer.register(SlotKey(field: RetailSchema.Customer.tier)) != nil)
    }

    /// An edit of what all members share, at one of them.
    private func order(_ tier: String, of member: UInt32, at place: UInt32) throws {
        let directory = try ReplicaDirectory.open(at: folder["\(place)"])
        try directory.replica.perform(at: 5) {
            try $0.edit(customer: .of("C1"), [(RetailSchema.Customer.tier, tier)], at: place)
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>, ["0", "1"])
    func `damaged rows are fetched again, whoever holds them`(_ seed: UInt64, _ name: String) throws {
        try exchange()
        let damaged = try Damage.flip(folder[name] + "/replica.db", "record", every: 4)
        #expect(damaged > 1)
        let done = try exchange(seed)
        #expect(done.healings.count == damaged)
        try expect(sold: [1: 5, 2: 3])
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a damaged row is mended also while there is news on both sides`(_ seed: UInt64) throws {
        try exchange()
        try sell(4...6, of: 2)
        try sell(6...7, of: 1)
        let stock = RetailSchema.stock(of: .of("P1"), at: 1)
        #expect(try Damage.flip(folder["1/replica.db"], "record", only: stock) == 1)
        #expect(try Damage.flip(folder["0/replica.db"], "record", only: RetailSchema.stock(of: .of("P1"), at: 2)) == 1)
        let done = try exchange(seed)
        #expect(done.healings.contains(.mended(replica: "S001", stock)))
        try expect(sold: [1: 7, 2: 6])
    }

    @Test func `two histories that nobody here can settle are named, and everything else is exchanged`() throws {
        try exchange()
        try copy("1", to: "clone")
        try order("T1", of: 2, at: 1)
        try exchange(among: ["0", "1"])
        try copy("clone", to: "1")
        try order("T2", of: 2, at: 1)
        try exchange(among: ["1", "2"])
        try sell(4...6, of: 2)
        let error = #expect(throws: ExchangeError.self) { try exchange() }
        guard case .forked(Scope(.customers), let origin, _)? = error?.cause as? ReplicaError, origin.member == 1 else {
            Issue.record("another error")
            return
        }
        let headquarters = try ReplicaDirectory.open(at: folder["0"]).replica
        let sold = try headquarters.record(RetailSchema.stock(of: .of("P1"), at: 2)).counter(RetailSchema.Stock.sold)
        #expect(sold.value == 6)
    }

    private func exchange(among names: [String], _ seed: UInt64 = 1) throws {
        var exchange = Exchange(
            try names.map { try ReplicaDirectory.open(at: folder[$0]) }, random: SeededRandom(seed: seed))
        _ = try exchange.run(now: { 1_800_000_000_000 }, report: { _ in })
    }

    @Test func `a damaged order that nobody else knows is named, and everything else is exchanged`() throws {
        try exchange()
        try sell(6...6, of: 1)
        try sell(4...6, of: 2)
        let order = RetailSchema.order(.of("A6"), of: 1)
        #expect(try Damage.flip(folder["1/replica.db"], "record", only: order) == 1)
        let error = #expect(throws: ExchangeError.self) { try exchange() }
        #expect(error?.source == "S001")
        #expect(error?.cause as? ReplicaError == .quarantined(key: order))
        let headquarters = try ReplicaDirectory.open(at: folder["0"]).replica
        let sold = try headquarters.record(RetailSchema.stock(of: .of("P1"), at: 2)).counter(RetailSchema.Stock.sold)
        #expect(sold.value == 6)
    }

    @Test func `digests that differ at equal cuts end an exchange with the names of both`() throws {
        try exchange()
        // Under another key every hash is another one.
        let card = try String(contentsOfFile: folder["2/identity.json"], encoding: .utf8)
        let other = card.replacing(/("digestKey"\s*:\s*")[0-9a-f]{32}/) { $0.1 + String(repeating: "0", count: 32) }
        try #require(other != card)
        try other.write(toFile: folder["2/identity.json"], atomically: true, encoding: .utf8)
        try sell(7...7, of: 2)
        let error = #expect(throws: ExchangeError.self) { try exchange() }
        #expect(error?.cause as? UnequalDigests == UnequalDigests(scope: Scope(.books, of: 2), left: "HQ", right: "S002"))
        #expect(throws: StorageError.self) { try ReplicaDirectory.open(at: folder["2"]).replica.verify() }
    }

    @Test func `marks of removals go once every member has seen them, and not before`() throws {
        try exchange()
        do {
            let store = try ReplicaDirectory.open(at: folder["1"])
            let (key, tags) = (RetailSchema.customer(.of("C1")), RetailSchema.Customer.tags)
            try store.replica.perform(at: 3) { try $0.insert(.identifier(.of("vip")), into: tags, of: key) }
            try store.replica.perform(at: 4) { try $0.remove(tags, .identifier(.of("vip")), of: key) }
            #expect(try store.replica.markCount() == 1)
        }
        do {
            let replicas = try ["0", "1"].map { try ReplicaDirectory.open(at: folder[$0]) }
            var pair = Exchange(replicas, random: SeededRandom(seed: 1))
            pair.members = [0, 1, 2]
            let done = try pair.run(now: { 1_800_000_000_000 }, report: { _ in })
            #expect(done.collectedMarks == 0, "one member was away")
        }
        let done = try exchange()
        #expect(done.collectedMarks == 3)
        try expect(sold: [1: 5, 2: 3])
        for name in names { #expect(try ReplicaDirectory.open(at: folder[name]).replica.markCount() == 0) }
    }
}
