import Foundation
import Replica
import Testing

@Suite struct BackupCommandTests {
    /// A chain that goes on after its backups were made.
    private func chainWithBackups() throws -> Chain {
        let chain = try Chain.imported()
        try expectDone(chain, "backup", "--replica", "S000", "--to", chain.folder + "/S000")
        try expectDone(chain, "backup", "--replica", "HQ", "--to", chain.folder + "/HQ")
        let second = """
            {"k":"h","v":1,"stores":1,"skus":1,"customers":1,"t0":1767225600000}
            {"k":"o","n":1,"t":1767225600002,"r":"S000","id":"N-1","c":"C1","pm":"card","tot":5,"l":[["P00001",2,2]],"p":7}
            {"k":"s","n":2,"t":1767225600003,"r":"HQ","id":"N-1","st":"settled"}
            {"k":"c","n":4,"t":1767225600005,"r":"S000","id":"C1","f":{"tier":"gold"},"p":-2}

            """
        let outcome = try chain.run("import", "-", input: second)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return chain
    }

    @discardableResult
    private func expectDone(_ chain: Chain, _ words: String...) throws -> String {
        let outcome = try Program.run(words + ["--dir", chain.path])
        #expect(outcome.code == 0, "\(words): \(outcome.output) \(outcome.errors)")
        return outcome.output
    }

    @Test(arguments: ["S000", "HQ"]) func `after a restore and an exchange all is as the log says`(_ name: String) throws {
        let chain = try chainWithBackups()
        try expectDone(chain, "exchange")
        let said = try expectDone(chain, "restore", "--replica", name, "--from", "\(chain.folder)/\(name)")
        #expect(said.contains("kept as \(chain.path)/\(name)/replaced-1.db"))
        #expect(try chain.run("check").code == 1)
        try expectDone(chain, "exchange", "--seed", "3")
        try expectDone(chain, "check")
        #expect(try expectDone(chain, "exchange") == "Nothing is missing at any of the 5 replicas.\n")
    }

    @Test func `a database put back by hand heals, and the exchange says so`() throws {
        let chain = try chainWithBackups()
        let old = chain.folder + "/old.db"
        try FileManager.default.copyItem(atPath: chain.path + "/S000/replica.db", toPath: old)
        let more = """
            {"k":"h","v":1,"stores":1,"skus":1,"customers":1,"t0":1767225600000}
            {"k":"o","n":1,"t":1767225600002,"r":"S000","id":"N-2","c":"C1","pm":"card","tot":5,"l":[["P00001",2,2]],"p":7}

            """
        #expect(try chain.run("import", "-", input: more).code == 0)
        try expectDone(chain, "exchange")
        try FileManager.default.removeItem(atPath: chain.path + "/S000/replica.db")
        try FileManager.default.copyItem(atPath: old, toPath: chain.path + "/S000/replica.db")
        #expect(try chain.run("import", "-", input: more.replacing("N-2", with: "N-3")).errors.contains("Run atoll exchange"))
        let said = try expectDone(chain, "exchange", "--json")
        #expect(said.contains(#""healed":[{"replica":"S000","what":"new_incarnation","because":"putBack"}"#))
        try expectDone(chain, "check")
    }

    @Test func `a flipped bit is named by check, mended by exchange, and said`() throws {
        let chain = try Chain.imported()
        let shown = try expectDone(chain, "show", "customer", "C0000000", "--replica", "S001", "--json")
        let phone = try #require(shown.firstMatch(of: /"phone":"(.*?)"/)).output.1
        let file = URL(fileURLWithPath: chain.path + "/S001/replica.db")
        var bytes = try Data(contentsOf: file)
        let place = try #require(bytes.range(of: Data(phone.utf8)))
        bytes[place.lowerBound + 3] ^= 1
        try bytes.write(to: file)
        let check = try chain.run("check")
        #expect(check.code == 1)
        #expect(check.output.contains("is damaged"))
        #expect(try expectDone(chain, "exchange").contains("S001: 1 damaged record was fetched again."))
        try expectDone(chain, "check")
    }

    @Test func `what cannot be restored says so, and changes nothing`() throws {
        let chain = try chainWithBackups()
        let before = try chain.contents()
        for name in ["newer", "short"] {
            try FileManager.default.copyItem(atPath: chain.folder + "/S000", toPath: chain.folder + "/" + name)
        }
        do { try Connection(path: chain.folder + "/newer/replica.db", mode: .write).execute("PRAGMA user_version = 9") }
        try FileHandle(forWritingTo: URL(fileURLWithPath: chain.folder + "/short/replica.db")).truncate(atOffset: 50_000)
        let cases = [
            (chain.folder + "/newer", "its database has file version 9"), (chain.folder + "/short", "is damaged"),
            (chain.folder + "/HQ", "it is of HQ, not of S000"), (chain.folder + "/none", "no such file"),
            (chain.folder, "not a replica's directory"),
        ]
        for (path, says) in cases {
            let refused = try chain.run("restore", "--replica", "S000", "--from", path)
            #expect(refused.code == 3, "\(path): \(refused.errors)")
            #expect(refused.errors.contains(says), "\(path): \(refused.errors)")
            #expect(!refused.errors.contains("..") && !refused.errors.contains(".import"), "\(refused.errors)")
        }
        #expect(try chain.run("backup", "--replica", "S000", "--to", chain.folder + "/S000").code == 3)
        #expect(try chain.contents() == before)
    }
}
