import CRDT
import Foundation
import Node
import Replica
import Retail
import Simulation
import Testing

/// Backups of a chain's replicas, and what is put in their place.
@Suite struct `Backup and restore` {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder["chain"]
        let draft = try ChainDraft(of: path)
        for member in try draft.open(["S001", "S002"], epoch: 1_735_689_600_000) where member.number > 0 {
            let replica = try #require(draft.replica(of: member.number)).replica
            for number in 1...4 { try replica.apply(at: 1) { try $0.sell("A\(number)", of: member.number) } }
        }
        try draft.publish(.init(file: "0001.jsonl.zst", name: "log", digest: "x", events: 0, orders: 0))
    }

    private func back(up name: String, to backup: String) throws {
        let chain = try ChainFolder.read(at: path)
        try ReplicaBackup.make(of: try chain.read(try chain.member(named: name)), at: folder[backup])
    }

    private func restore(_ name: String, from backup: String) throws -> ChainRestore {
        let chain = try ChainFolder.open(at: path)
        return try ChainRestore(try chain.member(named: name), of: chain, from: folder[backup], at: 1_800_000_000_000)
    }

    private func sell(_ numbers: ClosedRange<Int>) throws {
        let chain = try ChainFolder.open(at: path)
        let directory = try ReplicaDirectory.open(at: chain.path(of: try chain.member(named: "S001")))
        for number in numbers { try directory.replica.perform(at: 2) { try $0.sell("A\(number)", of: 1) } }
        try directory.writeHighWater()
    }

    @discardableResult
    private func exchange(_ seed: UInt64 = 1, recordsAtOnce: Int = 20_000) throws -> ExchangeProgress {
        let chain = try ChainFolder.open(at: path)
        var exchange = Exchange(try chain.openAll(), random: SeededRandom(seed: seed))
        exchange.members = Set(chain.register.members.map(\.number))
        exchange.recordsAtOnce = recordsAtOnce
        return try exchange.run(now: { 1_800_000_000_000 }, report: { _ in })
    }

    private func expect(sold: Int64, _ location: SourceLocation = #_sourceLocation) throws {
        for directory in try ChainFolder.read(at: path).readAll() where directory.card.member != 2 {
            try directory.replica.verify()
            let stock = try directory.replica.record(RetailSchema.stock(of: .of("P1"), at: 1))
            #expect(stock.counter(RetailSchema.Stock.sold).value == sold, sourceLocation: location)
            let orders = try directory.replica.keys(of: Scope(.books, of: 1), collection: RetailSchema.order.number)
            #expect(orders.count == Int(sold), sourceLocation: location)
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `what others have learned since a backup comes back, and selling goes on`(_ seed: UInt64) throws {
        try exchange()
        try sell(5...6)
        try back(up: "S001", to: "backup")
        try sell(7...9)
        try exchange()
        try restore("S001", from: "backup").publish()
        try sell(10...10)
        try exchange(seed)
        try expect(sold: 10)
        #expect(try exchange().rounds == 0)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a backup brings what nobody else has`(_ seed: UInt64) throws {
        try back(up: "S001", to: "backup")
        try sell(5...6)
        try restore("S001", from: "backup").publish()
        try exchange(seed)
        try expect(sold: 4)
        // What was sold behind the backup is in the database that was kept, and goes on counting when it is put back.
        let database = path + "/S001/replica.db"
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.moveItem(atPath: path + "/S001/replaced-1.db", toPath: database)
        try exchange(seed)
        try expect(sold: 6)
    }

    @Test(arguments: [1, 20_000])
    func `a backup from before a removal that everybody has forgotten does not bring back what was removed`(
        _ recordsAtOnce: Int
    ) throws {
        let (key, tags) = (RetailSchema.customer(.of("C1")), RetailSchema.Customer.tags)
        try change { try $0.insert(.identifier(.of("vip")), into: tags, of: key) }
        try exchange()
        try back(up: "S001", to: "backup")
        try change { try $0.remove(tags, .identifier(.of("vip")), of: key) }
        #expect(try exchange().collectedMarks == 3)
        try restore("S001", from: "backup").publish()
        try sell(5...5)
        try exchange(3, recordsAtOnce: recordsAtOnce)
        try expect(sold: 5)
        for directory in try ChainFolder.read(at: path).readAll() {
            #expect(try directory.replica.record(key).elements(tags).entries.isEmpty)
        }
    }

    private func change(_ body: (Transaction) throws -> Void) throws {
        let chain = try ChainFolder.open(at: path)
        try ReplicaDirectory.open(at: chain.path(of: try chain.member(named: "S001"))).replica.perform(at: 2, body)
    }

    @Test func `HQ comes back from a backup, too`() throws {
        try exchange()
        try back(up: "HQ", to: "backup")
        try sell(5...6)
        try exchange()
        try restore("HQ", from: "backup").publish()
        try exchange()
        try expect(sold: 6)
    }

    @Test func `a backup can be made beside the owner, and holds what was durable`() throws {
        let chain = try ChainFolder.open(at: path)
        let owner = try ReplicaDirectory.open(at: chain.path(of: try chain.member(named: "S001")))
        try owner.replica.perform(at: 2) { try $0.sell("A5", of: 1) }
        try owner.replica.apply(at: 2) { try $0.sell("A6", of: 1) }
        try back(up: "S001", to: "backup")
        try owner.replica.commit()
        let backup = try ReplicaDirectory.read(at: folder["backup"])
        #expect(backup.doubt == .restored)
        #expect(try backup.replica.keys(of: Scope(.books, of: 1), collection: RetailSchema.order.number).count == 5)
        let error = #expect(throws: NodeError.self) { try back(up: "S001", to: "backup") }
        #expect(error == .occupied(path: folder["backup"]))
    }

    @Test func `a restore that was stopped has happened, or has not`() throws {
        try back(up: "S001", to: "backup")
        try sell(5...6)
        let before = try folder.contents(of: path + "/S001")
        do { _ = try restore("S001", from: "backup") }
        #expect(!FileManager.default.fileExists(atPath: path + "/.import"))
        #expect(try folder.contents(of: path + "/S001") == before)
        for step in 0...3 {
            // A killed process tidies nothing up: the folders are as they were at that moment.
            do {
                let restore = try restore("S001", from: "backup")
                try FileManager.default.copyItem(atPath: path + "/.import", toPath: folder["killed"])
                withExtendedLifetime(restore) {}
            }
            let ready = path + (step == 0 ? "/.import" : "/.ready")
            try FileManager.default.moveItem(atPath: folder["killed"], toPath: ready)
            if step >= 2 {
                try FileManager.default.createDirectory(atPath: path + "/.replaced", withIntermediateDirectories: false)
                try FileManager.default.moveItem(atPath: path + "/S001", toPath: path + "/.replaced/S001")
            }
            if step == 3 { try FileManager.default.moveItem(atPath: ready + "/S001", toPath: path + "/S001") }
            let directories = try ChainFolder.open(at: path).openAll()
            let orders = try directories[1].replica.keys(
                of: Scope(.books, of: 1), collection: RetailSchema.order.number)
            #expect(orders.count == (step == 0 ? 6 : 4), "step \(step)")
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            #expect(!names.contains { [".import", ".ready", ".replaced"].contains($0) })
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: path + "/S001").filter { $0.hasSuffix(".db") }
        #expect(kept.sorted() == ["replaced-1.db", "replaced-2.db", "replaced-3.db", "replica.db"])
    }

    @Test func `an import keeps the databases that restores have kept`() throws {
        try back(up: "S001", to: "backup")
        try sell(5...6)
        let kept = path + "/S001/replaced-1.db"
        #expect(try restore("S001", from: "backup").keptDatabase == kept)
        try restore("S001", from: "backup").publish()
        let before = FileManager.default.contents(atPath: kept)
        let draft = try ChainDraft(of: path)
        _ = try draft.open(["S001"], epoch: 1)
        try Data("log".utf8).write(to: URL(fileURLWithPath: draft.nextLog.path))
        try draft.publish(.init(file: draft.nextLog.file, name: "log", digest: "y", events: 0, orders: 0))
        #expect(before != nil && FileManager.default.contents(atPath: kept) == before)
    }

    @Test func `what is damaged, foreign or no backup is refused, and changes nothing`() throws {
        try back(up: "S001", to: "backup")
        try back(up: "S002", to: "other")
        let before = try folder.contents(of: path + "/S001")
        try FileManager.default.copyItem(atPath: folder["backup"], toPath: folder["damaged"])
        #expect(try Damage.flip(folder["damaged/replica.db"], "record", every: 3) > 0)
        try FileManager.default.copyItem(atPath: folder["backup"], toPath: folder["short"])
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder["short/replica.db"]))
        try file.truncate(atOffset: 8192)
        try FileManager.default.copyItem(atPath: folder["backup"], toPath: folder["garbage"])
        try Data("no database".utf8).write(to: URL(fileURLWithPath: folder["garbage/replica.db"]))
        for (name, says) in [
            ("damaged", "is damaged"), ("short", "damaged"), ("garbage", "not an Atoll replica"),
            ("other", "of S002, not of S001"),
        ] {
            let error = #expect(throws: NodeError.self) { try restore("S001", from: name) }
            guard case .unusableBackup(folder[name], let detail)? = error else {
                Issue.record("\(name): another error")
                continue
            }
            #expect(detail.contains(says), "\(name): \(detail)")
        }
        try FileManager.default.removeItem(atPath: folder["backup/identity.json"])
        #expect(throws: NodeError.notAReplica(directory: folder["backup"], missing: "identity.json")) {
            try restore("S001", from: "backup")
        }
        #expect(try folder.contents(of: path + "/S001") == before)
    }

    @Test func `a replica whose folder is gone, or whose file is ruined, comes back from its backup`() throws {
        try exchange()
        try back(up: "S001", to: "backup")
        try sell(5...6)
        try exchange()
        try Data("ruined".utf8).write(to: URL(fileURLWithPath: path + "/S001/replica.db"))
        try restore("S001", from: "backup").publish()
        try exchange()
        try expect(sold: 6)
        try FileManager.default.removeItem(atPath: path + "/S001")
        do {
            let restore = try restore("S001", from: "backup")
            #expect(restore.keptDatabase == nil)
            try restore.publish()
        }
        try exchange()
        try expect(sold: 6)
    }
}
