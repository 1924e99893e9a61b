import CRDT
import Replica
import Simulation
import Testing

@Suite struct `Damaged rows` {
    private let till: Replica
    private let headquarters: Replica
    private var incarnation: UInt64 = 50_000

    init() throws {
        till = try Shop.replica(1)
        headquarters = try Shop.replica(0)
        for number in 1...3 { try till.sell(UInt64(number), 1, at: 1000) }
        try meet([headquarters, till], at: 1500, incarnation: &incarnation)
    }

    private func expectEqual(sold: Int64) throws {
        for replica in [till, headquarters] {
            #expect(replica.quarantinedKeys.isEmpty)
            #expect(try replica.soldItems == sold)
            #expect(try replica.soldByFacts == sold)
        }
        for scope in [Shop.books, Shop.stock] {
            #expect(till.cut(of: scope) == headquarters.cut(of: scope))
            #expect(till.digest(of: scope) == headquarters.digest(of: scope))
            for replica in [till, headquarters] {
                #expect(try replica.recomputedDigest(of: scope) == replica.digest(of: scope))
            }
        }
    }

    private func mend(_ key: RecordKey, of replica: Replica, from peer: Replica) throws {
        let cells = try #require(try peer.mendingCells(key, for: replica.cut(of: key.scope)))
        #expect(try replica.mend(key, with: cells, peerDigest: try #require(peer.digest(of: key.scope))))
    }

    @Test func `a record that is set aside is never left out of a whole state`() throws {
        try headquarters.quarantine(Shop.sale(2))
        let whole = try #require(try headquarters.extraction(Shop.books, for: Cut()))
        #expect(whole.keys.contains(Shop.sale(2)))
        #expect(throws: ReplicaError.quarantined(key: Shop.sale(2))) {
            try headquarters.records(of: whole, from: 0, byteBudget: .max)
        }
        #expect(try headquarters.keys(of: Shop.books, collection: 10).contains(Shop.sale(2)))
    }

    @Test(arguments: [false, true])
    func `news of a record that is set aside waits for it, and the rest is joined`(_ isStaged: Bool) throws {
        try headquarters.quarantine(Shop.item)
        try till.sell(4, 2, at: 2000)
        for scope in [Shop.books, Shop.stock] {
            let delta = try #require(try till.delta(scope, for: headquarters.cut(of: scope)))
            guard isStaged else {
                try headquarters.join([delta], at: 2500)
                continue
            }
            _ = try headquarters.stage(delta.header)
            try headquarters.stage(delta.records, in: scope)
            try headquarters.publish(scope)
            while try headquarters.fold(at: 2500) {}
        }
        #expect(headquarters.cut(of: Shop.stock) == till.cut(of: Shop.stock))
        #expect(throws: ReplicaError.quarantined(key: Shop.item)) { try headquarters.soldItems }
        try mend(Shop.item, of: headquarters, from: till)
        try expectEqual(sold: 5)
        // Whoever learns from HQ learns of the record, too.
        let neighbour = try Shop.replica(2)
        try neighbour.join([try #require(try headquarters.delta(Shop.stock, for: Cut()))], at: 3000)
        #expect(try neighbour.soldItems == 5)
    }

    @Test func `several damaged records of a scope are mended one after another`() throws {
        for number in 1...2 { try headquarters.quarantine(Shop.sale(UInt64(number))) }
        let cells = try #require(try till.mendingCells(Shop.sale(1), for: headquarters.cut(of: Shop.books)))
        let digest = try #require(till.digest(of: Shop.books))
        #expect(try !headquarters.mend(Shop.sale(1), with: cells, peerDigest: digest), "the other is still aside")
        try mend(Shop.sale(2), of: headquarters, from: till)
        try expectEqual(sold: 3)
    }

    @Test mutating func `a counter with sales that nobody else knows is counted again from their facts`() throws {
        try till.sell(4, 2, at: 2000)
        try till.quarantine(Shop.item)
        let cut = headquarters.cut(of: Shop.stock)
        let cells = try headquarters.record(Shop.item).cells
        #expect(try till.mendingCells(Shop.sale(1), for: cut) == nil)
        #expect(try till.mendCounters(of: Shop.item, with: cells, peer: cut, at: 2500))
        try meet([headquarters, till], at: 3000, incarnation: &incarnation)
        try expectEqual(sold: 5)
    }

    @Test func `a record of facts that nobody else knows is not made up`() throws {
        try till.sell(4, 2, at: 2000)
        try till.quarantine(Shop.sale(4))
        let cut = headquarters.cut(of: Shop.books)
        #expect(try !till.mendCounters(of: Shop.sale(4), with: [], peer: cut, at: 2500))
        #expect(till.quarantinedKeys == [Shop.sale(4)])
        try till.quarantine(Shop.item)
        #expect(throws: ReplicaError.quarantined(key: Shop.sale(4))) {
            try till.mendCounters(
                of: Shop.item, with: [], peer: headquarters.cut(of: Shop.stock), at: 2500)
        }
        #expect(till.quarantinedKeys == [Shop.sale(4), Shop.item], "nothing was changed")
    }

    @Test func `marks of a record that is set aside stay until it is mended`() throws {
        let tag = try #require(Identifier("tag"))
        try till.perform(at: 2000) { try $0.insert(.identifier(tag), into: Shop.tags, of: Shop.note) }
        try till.perform(at: 2000) { try $0.remove(Shop.tags, .identifier(tag), of: Shop.note) }
        try till.advanceHorizon(of: Shop.books, acknowledged: [till.vector(of: Shop.books)], at: 2500)
        try till.quarantine(Shop.note)
        #expect(try !till.collectMarks())
    }

    @Test func `a file opens and is mended although a row of the engine's own is damaged`() throws {
        let tag = try #require(Identifier("tag"))
        let disk = SimulatedDisk()
        let copy = try Shop.replica(2, on: disk)
        try copy.reincarnate(as: 4711, at: 2000)
        for scope in [Shop.books, Shop.stock] { try copy.join([try #require(try till.delta(scope, for: Cut()))], at: 2000) }
        try copy.sell(9, 1, at: 2000)
        try copy.perform(at: 2000) { try $0.insert(.identifier(tag), into: Shop.tags, of: Shop.note) }
        try copy.perform(at: 2000) { try $0.remove(Shop.tags, .identifier(tag), of: Shop.note) }
        try copy.reincarnate(as: 4712, at: 2000)
        try copy.advanceHorizon(of: Shop.books, acknowledged: [], at: 2000)
        let system = try [Scope.chain, Shop.books, Shop.stock].flatMap { try copy.keys(of: $0) }
            .filter { (2...9).contains($0.collection) }
        #expect(system.count == 3, "a horizon and two closures")
        for key in system {
            var bytes = ByteWriter()
            key.encode(into: &bytes)
            let twin = SimulatedDisk(disk.image)
            try withExtendedLifetime(twin) {
                try Connection(path: "replica.db", mode: .write, vfs: twin.vfsName)
                    .prepare("UPDATE record SET value = CAST(value || x'00' AS BLOB) WHERE key = ?")
                    .bind(copying: bytes.bytes, at: 1).run()
                let opened = try Replica.open(at: "replica.db", Shop.parameters(twin, run: 5))
                #expect(opened.quarantinedKeys == [key])
                #expect(try opened.verifyRows() == [key])
                #expect(try !opened.collectMarks())
                #expect(try opened.markCount() == (key.scope == .chain ? 1 : 0), "marks stay while the horizon is unknown")
                try opened.quarantine(key)
                let cells = try #require(try copy.mendingCells(key, for: opened.cut(of: key.scope)))
                #expect(try opened.mend(key, with: cells, peerDigest: try #require(copy.digest(of: key.scope))))
                #expect(opened.horizon(of: Shop.books) == copy.horizon(of: Shop.books))
                #expect(opened.closedOrigins == copy.closedOrigins)
            }
        }
    }
}
