import CRDT
import Foundation
import Node
import Replica
import Retail
import Testing

@Suite struct ReplicaDirectoryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a directory opens again as what it was made for`() throws {
        let path = folder["a"]
        do {
            let made = try ReplicaDirectory.test(path)
            try made.replica.perform(at: 1) { try $0.sell("A1", of: 1) }
            try made.writeHighWater()
        }
        let opened = try ReplicaDirectory.open(at: path)
        #expect(opened.card == .test())
        #expect(!opened.isBehindHighWater)
        #expect(try opened.replica.record(RetailSchema.order(.of("A1"), of: 1)).isEmpty == false)
        let mode = try FileManager.default.attributesOfItem(atPath: path + "/identity.json")[.posixPermissions] as? Int
        #expect(mode == 0o600, "the digest key is nobody else's to read")
    }

    @Test func `one directory has one owner at a time, and any number of readers`() throws {
        let path = folder["a"]
        let owner = try ReplicaDirectory.test(path)
        let error = #expect(throws: NodeError.self) { _ = try ReplicaDirectory.open(at: path) }
        #expect(error == .locked(directory: path, holder: getpid()))
        try owner.replica.perform(at: 1) { try $0.sell("A1", of: 1) }
        let reader = try ReplicaDirectory.read(at: path)
        try owner.replica.perform(at: 2) { try $0.sell("A2", of: 1) }
        #expect(try reader.replica.keys(of: Scope(.books, of: 1), collection: RetailSchema.order.number).count == 1)
        let later = try ReplicaDirectory.read(at: path)
        #expect(try later.replica.keys(of: Scope(.books, of: 1), collection: RetailSchema.order.number).count == 2)
    }

    @Test func `a checkpoint says whether a reader holds parts of the log back`() throws {
        let owner = try ReplicaDirectory.test(folder["a"])
        try owner.replica.perform(at: 1) { try $0.sell("A1", of: 1) }
        do {
            let reader = try ReplicaDirectory.read(at: folder["a"])
            try owner.replica.perform(at: 2) { try $0.sell("A2", of: 1) }
            #expect(try !owner.replica.checkpoint())
            withExtendedLifetime(reader) {}
        }
        #expect(owner.replica.logFrames > 0)
        #expect(try owner.replica.checkpoint())
    }

    @Test func `a reader cannot write`() throws {
        _ = try ReplicaDirectory.test(folder["a"])
        let reader = try ReplicaDirectory.read(at: folder["a"])
        #expect(throws: StorageError.self) { try reader.replica.perform(at: 1) { try $0.sell("A1", of: 1) } }
    }

    @Test func `a database that was put back is behind its high-water mark`() throws {
        let (path, copy) = (folder["a"], folder["copy.db"])
        _ = try ReplicaDirectory.test(path)
        try FileManager.default.copyItem(atPath: path + "/replica.db", toPath: copy)
        do {
            let directory = try ReplicaDirectory.open(at: path)
            try directory.replica.perform(at: 1) { try $0.sell("A1", of: 1) }
            try directory.writeHighWater()
        }
        #expect(try !ReplicaDirectory.open(at: path).isBehindHighWater)
        try FileManager.default.removeItem(atPath: path + "/replica.db")
        try FileManager.default.copyItem(atPath: copy, toPath: path + "/replica.db")
        do {
            let restored = try ReplicaDirectory.open(at: path)
            #expect(restored.isBehindHighWater)
            try restored.writeHighWater()
        }
        #expect(try ReplicaDirectory.open(at: path).isBehindHighWater, "the witness is not talked out of what it saw")
    }

    @Test func `what is no replica's directory says so`() throws {
        #expect(throws: FileError.missing(path: folder["none"])) { _ = try ReplicaDirectory.open(at: folder["none"]) }
        try Data().write(to: URL(fileURLWithPath: folder["file"]))
        #expect(throws: FileError.notADirectory(path: folder["file"])) {
            _ = try ReplicaDirectory.open(at: folder["file"])
        }
        #expect(throws: NodeError.notAReplica(directory: folder.path, missing: "replica.db")) {
            _ = try ReplicaDirectory.open(at: folder.path)
        }
        _ = try ReplicaDirectory.test(folder["a"])
        #expect(throws: NodeError.occupied(path: folder["a"])) { _ = try ReplicaDirectory.test(folder["a"]) }
    }

    @Test(arguments: ["", "{", "{}", "[1]", #"{"version":"1"}"#, #"{"version":1}"#])
    func `a damaged identity is refused`(_ text: String) throws {
        _ = try ReplicaDirectory.test(folder["a"])
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder["a/identity.json"]))
        guard
            case .damaged(folder["a/identity.json"], _)? = #expect(
                throws: NodeError.self, performing: { _ = try ReplicaDirectory.open(at: folder["a"]) })
        else {
            Issue.record("another error")
            return
        }
    }

    @Test func `an identity of a newer program, or of another replica, is refused`() throws {
        _ = try ReplicaDirectory.test(folder["a"])
        _ = try ReplicaDirectory.test(folder["b"], member: 2)
        let identity = folder["a/identity.json"]
        let text = try String(contentsOfFile: identity, encoding: .utf8)
        try Data(text.replacing("\"version\" : 1", with: "\"version\" : 2").utf8).write(to: URL(fileURLWithPath: identity))
        #expect(throws: NodeError.newerVersion(path: identity, found: 2, supported: 1)) {
            _ = try ReplicaDirectory.open(at: folder["a"])
        }
        try Data(contentsOf: URL(fileURLWithPath: folder["b/identity.json"])).write(to: URL(fileURLWithPath: identity))
        guard
            case .mismatched? = #expect(
                throws: NodeError.self, performing: { _ = try ReplicaDirectory.open(at: folder["a"]) })
        else {
            Issue.record("another error")
            return
        }
    }
}

extension Transaction {
    /// The shortest sale.
    func sell(_ id: String, of member: UInt32) throws {
        try place(
            NewOrder(
                id: .of(id), customer: nil, payment: "cash", total: 199, placed: 1,
                lines: [.init(sku: .of("P1"), quantity: 1, unitPrice: 199)], points: 0),
            at: member)
    }
}

extension Identifier {
    static func of(_ text: String) -> Identifier {
        guard let identifier = Identifier(text) else { preconditionFailure("\(text) is no id") }
        return identifier
    }
}
