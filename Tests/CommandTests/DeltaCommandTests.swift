import CRDT
import Foundation
import Node
import Replica
import Testing

@Suite struct DeltaCommandTests {
    @Test func `replicas that never meet are the same after files went to and fro`() throws {
        let chain = try Chain.imported(exchanges: false)
        let stores = ["S000", "S001", "S002", "S003"]
        for store in stores {
            try expectDone(chain, "export", "stick", "--replica", store, "--for", "HQ")
            try expectDone(chain, "import", "stick", "--replica", "HQ")
        }
        for store in stores {
            // The far one says what it has in a file of its own.
            try expectDone(chain, "have", "have", "--replica", store)
            try expectDone(chain, "export", "stick", "--replica", "HQ", "--for", chain.folder + "/have")
            try expectDone(chain, "import", "stick", "--replica", store)
        }
        let check = try chain.run("check")
        #expect(check.code == 0, "\(check.output) \(check.errors)")
    }

    @Test func `a file that came before changes nothing`() throws {
        let chain = try Chain.imported(exchanges: false)
        try expectDone(chain, "export", "stick", "--replica", "S001")
        try expectDone(chain, "import", "stick", "--replica", "HQ")
        let before = try held(chain)
        let again = try delta(chain, "import", "stick", "--replica", "HQ")
        #expect(again.output.contains("held all of"))
        #expect(try held(chain) == before)
    }

    @Test func `a file that is cut short, damaged, foreign or no delta file changes nothing`() throws {
        let chain = try Chain.imported(exchanges: false)
        try expectDone(chain, "export", "stick", "--replica", "S001")
        let whole = try Data(contentsOf: URL(filePath: chain.folder + "/stick"))
        var damaged = whole
        damaged[whole.count / 2] ^= 4
        let other = try Chain.imported(seed: 2, exchanges: false)
        try expectDone(other, "export", "stick", "--replica", "S001")
        let foreign = try Data(contentsOf: URL(filePath: other.folder + "/stick"))
        let before = try held(chain)
        let cases: [(name: String, bytes: Data, says: String)] = [
            ("short", whole.prefix(whole.count / 2), "ends too early"), ("damaged", damaged, "Nothing was changed"),
            ("empty", Data(), "Nothing was changed"), ("foreign", foreign, "another chain"),
            ("text", Data("hello, this is no delta file at all".utf8), "not a file that"),
        ]
        for (name, bytes, says) in cases {
            try bytes.write(to: URL(filePath: chain.folder + "/" + name))
            let refused = try delta(chain, "import", name, "--replica", "HQ")
            #expect(refused.code == 3, "\(name): \(refused.errors)")
            #expect(refused.errors.contains(says), "\(name): \(refused.errors)")
            #expect(!refused.errors.contains("Optional"), "\(name): \(refused.errors)")
            #expect(try held(chain) == before, "\(name)")
        }
    }

    @Test func `a file exported long ago and imported after marks were collected resurrects nothing`() throws {
        let chain = try Chain.imported(exchanges: false)
        let customer = #""r":"S000","id":"C-old""#
        try importEvents(#"{"k":"c","n":0,"t":1767225600001,\#(customer),"f":{"phone":"1"},"ta":["vip","app"]}"#, into: chain)
        try expectDone(chain, "export", "old", "--replica", "S000")
        try importEvents(#"{"k":"c","n":0,"t":1767225600002,\#(customer),"f":{},"tr":["vip","app"]}"#, into: chain)
        #expect(try chain.run("exchange").code == 0)
        try collectMarks(of: Scope(.customers), in: chain)
        for name in ["HQ", "S000", "S001"] {
            try expectDone(chain, "import", "old", "--replica", name)
            let shown = try chain.run("show", "customer", "C-old", "--replica", name, "--json").output
            #expect(shown.contains(#""phone":"1""#) && !shown.contains("vip") && !shown.contains("app"), "\(shown)")
        }
        let check = try chain.run("check")
        #expect(check.code == 0, "\(check.output) \(check.errors)")
    }

    @Test func `when files bring two histories of a double to others, the exchange says what to do, and it helps`() throws {
        let chain = try Chain.imported()
        let copy = chain.folder + "/copy"
        try FileManager.default.copyItem(atPath: chain.path, toPath: copy)
        for (path, phone, receiver) in [(chain.path, "1", "S001"), (copy, "2", "S002")] {
            let edit = #"{"k":"c","n":0,"t":1767225600001,"r":"S003","id":"C-new","f":{"phone":"\#(phone)"}}"#
            try importEvents(edit, into: path)
            let stick = chain.folder + "/stick"
            let export = ["delta", "export", stick, "--dir", path, "--replica", "S003", "--for", receiver]
            #expect(try Program.run(export).code == 0)
            try expectDone(chain, "import", "stick", "--replica", receiver)
        }
        let forked = try chain.run("exchange")
        #expect(forked.code == 4)
        #expect(forked.errors.contains("two histories in customers/0"), "\(forked.errors)")
        #expect(forked.errors.contains("atoll restore"), "\(forked.errors)")
        for name in ["HQ", "S000", "S001", "S002", "S003"] {
            #expect(try chain.run("restore", "--replica", name, "--from", copy + "/" + name).code == 0)
        }
        #expect(try chain.run("exchange").code == 0)
        #expect(try chain.run("check").code == 0)
    }

    private func importEvents(_ events: String, into chain: Chain) throws {
        try importEvents(events, into: chain.path)
    }

    private func importEvents(_ events: String, into path: String) throws {
        let header = #"{"k":"h","v":1,"stores":1,"skus":1,"customers":1,"t0":1767225600000}"#
        let outcome = try Program.run(["import", "-", "--dir", path], input: Data((header + "\n" + events + "\n").utf8))
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    /// Decides at HQ that all members hold a scope, tells them, and drops the marks everywhere; there is no command for it yet.
    private func collectMarks(of scope: Scope, in chain: Chain) throws {
        do {
            let replicas = try ChainFolder.open(at: chain.path).openAll().map(\.replica)
            let acknowledged = replicas.dropFirst().map { $0.vector(of: scope) }
            let horizon = try replicas[0].advanceHorizon(of: scope, acknowledged: acknowledged, at: 1_767_225_600_003)
            #expect(horizon == replicas[0].vector(of: scope), "everybody holds everything")
        }
        #expect(try chain.run("exchange").code == 0)
        for replica in try ChainFolder.open(at: chain.path).openAll().map(\.replica) {
            #expect(try !replica.collectMarks(limit: 100_000))
            for key in try replica.keys(of: scope) {
                #expect(try !replica.record(key).cells.contains { $0.isMark }, "\(key)")
            }
        }
    }

    @Test func `export and have read beside whoever works on the chain, and import waits`() throws {
        let chain = try Chain.imported(exchanges: false)
        let lock = try DirectoryLock(chain.path)
        try expectDone(chain, "have", "have", "--replica", "HQ")
        try expectDone(chain, "export", "stick", "--replica", "S000", "--for", chain.folder + "/have")
        let refused = try delta(chain, "import", "stick", "--replica", "HQ")
        #expect(refused.code == 4)
        #expect(refused.errors.contains("is working here"), "\(refused.errors)")
        withExtendedLifetime(lock) {}
    }

    @Test func `wrong words are explained`() throws {
        let chain = try Chain.imported(exchanges: false)
        let folder = try Program.run(["delta", "import", chain.folder, "--dir", chain.path, "--replica", "HQ"])
        #expect(folder.code == 3)
        #expect(folder.errors.contains("\(chain.folder): this is a directory"), "\(folder.errors)")
        #expect(try delta(chain, "exprot", "stick", "--replica", "HQ").errors.contains("export"))
        #expect(try delta(chain, "export", "stick", "--replica", "S999").code == 3)
        #expect(try delta(chain, "import", "missing", "--replica", "HQ").code == 3)
        #expect(try delta(chain, "export", "stick", "--replica", "HQ", "--for", "nobody").code == 3)
    }

    /// What HQ holds, as bytes.
    private func held(_ chain: Chain) throws -> Data {
        try expectDone(chain, "have", "held", "--replica", "HQ")
        return try Data(contentsOf: URL(filePath: chain.folder + "/held"))
    }

    private func expectDone(_ chain: Chain, _ action: String, _ file: String, _ words: String...) throws {
        let outcome = try delta(chain, [action, file] + words)
        #expect(outcome.code == 0, "\(action): \(outcome.errors)")
    }

    private func delta(_ chain: Chain, _ words: String...) throws -> Program.Outcome {
        try delta(chain, words)
    }

    private func delta(_ chain: Chain, _ words: [String]) throws -> Program.Outcome {
        try Program.run(
            ["delta", words[0], chain.folder + "/" + words[1], "--dir", chain.path] + words.dropFirst(2))
    }
}
