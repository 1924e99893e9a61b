import CRDT
import Foundation
import Node
import Replica
import Retail
import Testing

@Suite struct ChainDraftTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Adds orders to a chain as an import does.
    private func add(_ orders: [String], at store: String, to chain: String, publish: Bool = true) throws {
        let draft = try ChainDraft(of: chain)
        let (file, path) = draft.nextLog
        try Data("log".utf8).write(to: URL(fileURLWithPath: path))
        _ = try draft.open([store], epoch: 1)
        let member = try #require(draft.register.member(named: store)).number
        for order in orders {
            try draft.replica(of: member)?.replica.apply(at: 1) { try $0.sell(order, of: member) }
        }
        guard publish else { return }
        try draft.publish(.init(file: file, name: "log", digest: "\(orders)", events: orders.count, orders: orders.count))
    }

    private func orders(_ store: String, of path: String) throws -> [String] {
        let chain = try ChainFolder.read(at: path)
        let member = try chain.member(named: store)
        let directory = try chain.read(member)
        return try directory.replica.keys(of: Scope(.books, of: member.number), collection: RetailSchema.order.number)
            .map { "\($0.id)" }
    }

    @Test func `a draft that is given up leaves nothing behind`() throws {
        try add(["A1"], at: "S1", to: folder["new"], publish: false)
        #expect(!FileManager.default.fileExists(atPath: folder["new"]))
        try FileManager.default.createDirectory(atPath: folder["empty"], withIntermediateDirectories: false)
        try add(["A1"], at: "S1", to: folder["empty"], publish: false)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder["empty"]).isEmpty)
        try add(["A1"], at: "S1", to: folder["chain"])
        let before = try folder.contents(of: folder["chain"])
        try add(["A2"], at: "S1", to: folder["chain"], publish: false)
        #expect(try folder.contents(of: folder["chain"]) == before)
    }

    @Test func `a second import goes on where the first ended`() throws {
        try add(["A1"], at: "S1", to: folder["chain"])
        try add(["A2"], at: "S1", to: folder["chain"])
        try add(["B1"], at: "S2", to: folder["chain"])
        #expect(try orders("S1", of: folder["chain"]) == ["A1", "A2"])
        #expect(try orders("S2", of: folder["chain"]) == ["B1"])
        let register = try ChainFolder.read(at: folder["chain"]).register
        #expect(register.members.map(\.name) == ["HQ", "S1", "S2"])
        #expect(register.logs.map(\.file) == ["0001.jsonl.zst", "0002.jsonl.zst", "0003.jsonl.zst"])
    }

    @Test func `an import that was interrupted while moving things into place is finished by whoever comes next`() throws {
        let (chain, ready) = (folder["chain"], folder["chain/.ready"])
        try add(["A1"], at: "S1", to: chain)
        try FileManager.default.copyItem(atPath: chain, toPath: folder["before"])
        try add(["A2"], at: "S1", to: chain)
        // As if the process had died after the deciding rename, and then after each of the moves that follow.
        for moved in [[], ["S1"], ["S1", "logs/0002.jsonl.zst"]] {
            try? FileManager.default.removeItem(atPath: folder["crashed"])
            try FileManager.default.copyItem(atPath: folder["before"], toPath: folder["crashed"])
            try FileManager.default.createDirectory(
                atPath: folder["crashed/.ready/logs"], withIntermediateDirectories: true)
            for name in ["S1", "logs/0002.jsonl.zst", "chain.json"] {
                let target = moved.contains(name) ? folder["crashed/\(name)"] : folder["crashed/.ready/\(name)"]
                if moved.contains(name) { try? FileManager.default.removeItem(atPath: target) }
                try FileManager.default.copyItem(atPath: "\(chain)/\(name)", toPath: target)
            }
            #expect(try orders("S1", of: folder["crashed"]) == ["A1", "A2"], "after moving \(moved)")
            #expect(try ChainFolder.read(at: folder["crashed"]).register.logs.count == 2)
            #expect(!FileManager.default.fileExists(atPath: folder["crashed/.ready"]))
        }
        #expect(!FileManager.default.fileExists(atPath: ready))
    }

    @Test(arguments: ["../S1", "/etc/passwd", "..", ".import", "logs", "lock", "chain.json", "a/b", "100%", "北京店", "S 1"])
    func `a store's name never leads out of the chain's folder`(_ name: String) throws {
        try add(["A1"], at: name, to: folder["chain"])
        #expect(try orders(name, of: folder["chain"]) == ["A1"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["chain"])
    }

    @Test func `a database that was put back takes no further import`() throws {
        let database = folder["chain/S1/replica.db"]
        try add(["A1"], at: "S1", to: folder["chain"])
        try FileManager.default.copyItem(atPath: database, toPath: folder["copy.db"])
        try add(["A2"], at: "S1", to: folder["chain"])
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.copyItem(atPath: folder["copy.db"], toPath: database)
        #expect(throws: NodeError.behindHighWater(directory: folder["chain/S1"])) {
            try add(["A3"], at: "S1", to: folder["chain"])
        }
    }
}
