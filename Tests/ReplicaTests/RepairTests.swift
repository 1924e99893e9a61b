import CRDT
import Foundation
import Replica
import Simulation
import Testing

@Suite struct `Repair at equal vectors` {
    private static let givenSeed = ProcessInfo.processInfo.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }

    private let till: Replica
    private let headquarters: Replica
    private let disk = SimulatedDisk()
    private let origin: Origin

    init() throws {
        till = try Shop.replica(1)
        headquarters = try Shop.replica(0, on: disk)
        origin = till.identity.origin
        for number in 1...3 { try till.sell(UInt64(number), 1, at: 1000) }
        try till.perform(at: 1000) { try $0.set(Shop.text, of: Shop.note, to: .text("a")) }
        try tellAll(till, headquarters)
    }

    private func tellAll(_ teller: Replica, _ listener: Replica) throws {
        for scope in teller.heldScopes {
            guard let delta = try teller.delta(scope, for: listener.cut(of: scope)) else { continue }
            try listener.join([delta], at: 2000)
        }
    }

    /// Both take the other's cells, as they were before, of every record in which they differ.
    private func repair(_ left: Replica, _ right: Replica, _ scope: Scope) throws -> [RecordKey] {
        let keys = try differing(left, right, scope)
        for key in keys {
            let (mine, theirs) = (try left.record(key).cells, try right.record(key).cells)
            try left.reconcile(key, with: theirs, from: right.identity.member, at: right.cut(of: scope))
            try right.reconcile(key, with: mine, from: left.identity.member, at: left.cut(of: scope))
        }
        for replica in [left, right] { try replica.correctDigest(of: scope) }
        #expect(left.digest(of: scope) == right.digest(of: scope))
        #expect(left.summary(of: scope) == right.summary(of: scope))
        for replica in [left, right] {
            #expect(try replica.fingerprint(of: scope).sum == replica.digest(of: scope))
            #expect(try replica.recomputedDigest(of: scope, key: Array(0..<16)) == replica.digest(of: scope))
            #expect(try replica.verifyRows().isEmpty)
        }
        #expect(try differing(left, right, scope).isEmpty)
        return keys
    }

    /// Narrows ranges down until they are small enough to compare key by key.
    private func differing(
        _ left: Replica, _ right: Replica, _ scope: Scope, from first: RecordKey? = nil, upTo end: RecordKey? = nil
    ) throws -> [RecordKey] {
        let (mine, theirs) = (
            try left.fingerprint(of: scope, from: first, upTo: end), try right.fingerprint(of: scope, from: first, upTo: end)
        )
        if mine == theirs { return [] }
        let longer = mine.count > theirs.count ? left : right
        let bounds = max(mine.count, theirs.count) > 3 ? try longer.split(scope, from: first, upTo: end, into: 3) : []
        guard !bounds.isEmpty else {
            let keys = try [left, right].flatMap { try $0.keys(of: scope, from: first, upTo: end, limit: 10) }
            return try Set(keys).sorted().filter { try left.record($0).cells != right.record($0).cells }
        }
        let starts = [first] + bounds.map(Optional.some)
        return try zip(starts, starts.dropFirst() + [end]).flatMap {
            try differing(left, right, scope, from: $0, upTo: $1)
        }
    }

    /// The same file with rows changed behind the engine's back.
    private func damaged(_ image: DiskImage, run: UInt64 = 77, _ change: (Connection) throws -> Void) throws -> Replica {
        let twin = SimulatedDisk(image)
        return try withExtendedLifetime(twin) {
            try change(try Connection(path: "replica.db", mode: .write, vfs: twin.vfsName))
            return try Replica.open(at: "replica.db", Shop.parameters(twin, run: run))
        }
    }

    private func delete(_ key: RecordKey, _ connection: Connection) throws {
        try connection.prepare("DELETE FROM record WHERE key = ?").bind(copying: bytes(key), at: 1).run()
    }

    private func row(_ key: RecordKey, of image: DiskImage) throws -> [UInt8]? {
        let twin = SimulatedDisk(image)
        return try withExtendedLifetime(twin) {
            let statement = try Connection(path: "replica.db", mode: .write, vfs: twin.vfsName)
                .prepare("SELECT value FROM record WHERE key = ?").bind(copying: bytes(key), at: 1)
            return try statement.step() ? statement.bytes(0) : nil
        }
    }

    private func put(_ row: [UInt8], _ key: RecordKey, _ connection: Connection) throws {
        try connection.prepare("REPLACE INTO record(key, value) VALUES (?, ?)")
            .bind(copying: bytes(key), at: 1).bind(copying: row, at: 2).run()
    }

    private func bytes(_ key: RecordKey) -> [UInt8] {
        var writer = ByteWriter()
        key.encode(into: &writer)
        return writer.bytes
    }

    @Test func `a record whose row is gone comes back`() throws {
        let hurt = try damaged(disk.image) { try delete(Shop.sale(2), $0) }
        #expect(hurt.digest(of: Shop.books) == till.digest(of: Shop.books), "the sum does not know")
        #expect(try hurt.fingerprint(of: Shop.books).sum != hurt.digest(of: Shop.books))
        #expect(try repair(hurt, till, Shop.books) == [Shop.sale(2)])
        #expect(try hurt.soldByFacts == 3)
        #expect(hurt.digest(of: Shop.books) == headquarters.digest(of: Shop.books))
        #expect(try hurt.repairs(of: Shop.books) == 1)
        #expect(try till.repairs(of: Shop.books) == 0, "it had everything")
    }

    @Test func `a row of earlier gets back what it lacks, and what it still has stays beside`() throws {
        let image = disk.image
        try till.perform(at: 3000) {
            try $0.set(Shop.text, of: Shop.note, to: .text("b"))
            try $0.insert(.index(7), into: Shop.tags, of: Shop.note)
        }
        try till.sell(4, 5, at: 3000)
        try tellAll(till, headquarters)
        let (note, item) = try (#require(try row(Shop.note, of: image)), #require(try row(Shop.item, of: image)))
        let hurt = try damaged(disk.image) {
            try put(note, Shop.note, $0)
            try put(item, Shop.item, $0)
        }
        #expect(try repair(hurt, till, Shop.books) == [Shop.note])
        #expect(try repair(hurt, till, Shop.stock) == [Shop.item])
        for replica in [hurt, till] {
            let record = try replica.record(Shop.note)
            #expect(record.register(SlotKey(field: Shop.text))?.value == .text("b"))
            #expect(record[SlotKey(field: Shop.text)].count == 2, "nobody knows that the other had died")
            #expect(record[SlotKey(field: Shop.tags, element: .index(7))].count == 1)
            #expect(try replica.soldItems == 8)
        }
    }

    @Test func `of two contents under one dot both keep the origin's own, or else the same`() throws {
        let relay = try Shop.replica(2)
        try till.sell(4, 5, at: 3000)
        for (listener, lie) in [(headquarters, Int64(7)), (relay, 6)] {
            for scope in till.heldScopes {
                var delta = try #require(try till.delta(scope, for: listener.cut(of: scope)))
                delta.records = try delta.records.map { record in
                    guard record.key == Shop.sale(4) else { return record }
                    let cells = try record.cells().map { cell in
                        var cell = cell
                        if case .value(.integer(5)) = cell.content { cell.content = .value(.integer(lie)) }
                        return cell
                    }
                    return try DeltaRecord(key: record.key, cells: cells)
                }
                try listener.join([delta], at: 3000)
            }
        }
        #expect(try headquarters.soldByFacts == 10)
        #expect(try relay.soldByFacts == 9)
        #expect(try repair(headquarters, relay, Shop.books) == [Shop.sale(4)])
        #expect(try headquarters.soldByFacts == relay.soldByFacts)
        #expect(try repair(till, headquarters, Shop.books) == [Shop.sale(4)])
        #expect(try till.soldByFacts == 8)
        #expect(try headquarters.soldByFacts == 8)
    }

    @Test func `a record that never arrived is told on to whoever lacks its transaction`() throws {
        let neighbour = try Shop.replica(3)
        try tellAll(headquarters, neighbour)
        try till.sell(4, 5, at: 3000)
        var delta = try #require(try till.delta(Shop.books, for: headquarters.cut(of: Shop.books)))
        delta.records.removeAll { $0.key == Shop.sale(4) }
        try headquarters.join([delta], at: 3000)
        #expect(try repair(headquarters, till, Shop.books) == [Shop.sale(4)])
        try tellAll(headquarters, neighbour)
        #expect(try neighbour.soldByFacts == 8)
        #expect(neighbour.summary(of: Shop.books) == till.summary(of: Shop.books))
    }

    @Test func `at other vectors, or with cells that no cut covers, nothing is reconciled`() throws {
        let cells = try till.record(Shop.sale(1)).cells
        let cut = till.cut(of: Shop.books)
        try till.sell(4, 1, at: 3000)
        #expect(throws: ReplicaError.cutsDiffer(scope: Shop.books)) {
            try till.reconcile(Shop.sale(1), with: cells, from: 0, at: cut)
        }
        let news = try till.record(Shop.sale(4)).cells
        let dot = try #require(news.first?.dot)
        #expect(throws: ReplicaError.malformed(.dotBeyondCut(Shop.sale(4), dot))) {
            try headquarters.reconcile(Shop.sale(4), with: news, from: 1, at: cut)
        }
        #expect(throws: ReplicaError.malformed(.cellsOutOfOrder(Shop.sale(1)))) {
            try headquarters.reconcile(Shop.sale(1), with: cells + cells, from: 1, at: cut)
        }
        #expect(try !headquarters.reconcile(Shop.sale(1), with: cells, from: 1, at: cut), "it is there")
        #expect(try !headquarters.reconcile(Shop.sale(9), with: [], from: 1, at: cut))
    }

    @Test func `a sum that is wrong though the rows are right is summed anew`() throws {
        let hurt = try damaged(disk.image) { try delete(Shop.sale(2), $0) }
        let cells = try till.record(Shop.sale(2)).cells
        try hurt.reconcile(Shop.sale(2), with: cells, from: 1, at: till.cut(of: Shop.books))
        #expect(try hurt.fingerprint(of: Shop.books) == till.fingerprint(of: Shop.books))
        #expect(hurt.digest(of: Shop.books) != till.digest(of: Shop.books), "the sum counts what came back twice")
        #expect(try hurt.correctDigest(of: Shop.books))
        #expect(hurt.digest(of: Shop.books) == till.digest(of: Shop.books))
        #expect(try !hurt.correctDigest(of: Shop.books))
    }

    @Test func `ranges leave nothing out and count nothing twice`() throws {
        for number in 10...60 { try till.sell(UInt64(number), 1, at: 3000) }
        let whole = try till.fingerprint(of: Shop.books)
        #expect(whole.count == 55)
        #expect(whole.sum == till.digest(of: Shop.books))
        for parts in [2, 5, 16, 200] {
            let bounds = try till.split(Shop.books, from: nil, upTo: nil, into: parts)
            #expect(bounds == Set(bounds).sorted())
            #expect(bounds.count == min(parts, 55) - 1)
            let starts = [nil] + bounds.map(Optional.some)
            let prints = try zip(starts, starts.dropFirst() + [nil]).map {
                try till.fingerprint(of: Shop.books, from: $0, upTo: $1)
            }
            #expect(prints.reduce(0) { $0 + $1.count } == whole.count)
            #expect(prints.allSatisfy { abs($0.count - 55 / min(parts, 55)) <= 3 })
        }
        let (first, last) = (Shop.sale(10), Shop.sale(12))
        #expect(try till.keys(of: Shop.books, from: first, upTo: last, limit: 9) == [Shop.sale(10), Shop.sale(11)])
        #expect(try till.keys(of: Shop.books, from: nil, upTo: nil, limit: 2) == [Shop.sale(1), Shop.sale(2)])
        #expect(try till.keys(of: Shop.books, from: Shop.item, upTo: nil, limit: 9).isEmpty, "a key of a later scope")
        #expect(try till.fingerprint(of: Shop.books, from: last, upTo: first) == Fingerprint(count: 0, sum: .zero))
    }

    @Test func `records that cannot be read are named instead of summed up`() throws {
        try headquarters.quarantine(Shop.sale(2))
        #expect(throws: ReplicaError.quarantined(key: Shop.sale(2))) { try headquarters.fingerprint(of: Shop.books) }
        #expect(try headquarters.fingerprint(of: Shop.books, from: Shop.sale(3)).count == 2)
        let torn = try #require(try row(Shop.sale(3), of: disk.image))
        let hurt = try damaged(disk.image) { try put(torn + [0], Shop.sale(3), $0) }
        #expect(throws: ReplicaError.damagedRow(key: Shop.sale(3))) {
            try hurt.fingerprint(of: Shop.books, from: Shop.sale(3))
        }
    }

    @Test func `whatever rows two replicas lose or set back, both have everything after their repair`() throws {
        let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for round in 0..<8 {
            let early = disk.image
            for _ in 0..<12 {
                let number = UInt64.random(in: 100..<140, using: &random)
                let key = RecordKey(scope: Shop.books, collection: 11, id: Identifier(number: number, digits: 3))
                try till.perform(at: 4000) {
                    try $0.set(Shop.text, of: key, to: .integer(Int64(round)))
                    try $0.insert(.index(UInt64(round)), into: Shop.tags, of: key)
                }
            }
            try tellAll(till, headquarters)
            let whole = try headquarters.keys(of: Shop.books).reduce(into: [:]) { $0[$1] = try headquarters.record($1).cells }
            let replicas = try [UInt64(1), 2].map { run in
                try damaged(disk.image, run: seed ^ run) { connection in
                    for key in whole.keys.sorted() where Int.random(in: 0..<4, using: &random) == 0 {
                        if Bool.random(using: &random), let old = try row(key, of: early) {
                            try put(old, key, connection)
                        } else {
                            try delete(key, connection)
                        }
                    }
                }
            }
            _ = try repair(replicas[0], replicas[1], Shop.books)
            // What both have lost, a third has.
            _ = try repair(replicas[0], till, Shop.books)
            for (key, cells) in whole {
                let kept = Set(try replicas[0].record(key).cells)
                #expect(kept.isSuperset(of: cells), "ATOLL_TEST_SEED=\(seed): \(key) lacks something")
            }
        }
    }
}
