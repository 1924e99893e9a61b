import Foundation
import Node
import Replica
import Testing

@Suite struct BadInputTests {
    private static let header = #"{"k":"h","v":1,"stores":1,"skus":9,"customers":1,"t0":1735689600000}"#
    private static let receipt = #"{"k":"r","n":0,"t":1735689600001,"r":"S9","id":"R1","l":[["P1",9]]}"#
    private static let order =
        #"{"k":"o","n":1,"t":1735689600002,"r":"S9","id":"O1","c":"C1","pm":"card","tot":3,"l":[["P1",3,1]]}"#

    @Test(arguments: [
        ("{\"k\":", "line 4: is not JSON", 3), ("hello", "line 4: is not JSON", 3),
        (#"{"k":"x","n":9,"t":1735689600009,"r":"S9","id":"O2"}"#, #"line 4: field "k": kind "x" is unknown"#, 3),
        (order.replacing("\"n\":1", with: "\"n\":9"), #"line 4: field "id": order "O1" was made before"#, 3),
        (receipt.replacing("\"n\":0,\"t\":1735689600001", with: "\"n\":9,\"t\":1735689600009"), "was booked before", 3),
        (
            #"{"k":"o","n":9,"t":1735689600009,"r":"S9","id":"O2","c":"","pm":"card","tot":3,"l":[["P1",3,-1]]}"#,
            #"line 4: field "l[0][2]" is -1"#, 3
        ),
        (
            #"{"k":"o","n":9,"t":1735689600009,"r":"S9","id":"O2","c":"","pm":"card","tot":3,"l":[["P1",1000001,1]]}"#,
            #"line 4: field "l[0][1]" is 1000001"#, 3
        ),
    ])
    func `a bad line is named, and leaves the chain as it was`(_ line: String, _ words: String, _ code: Int32) throws {
        let text = [Self.header, Self.receipt, Self.order, line].joined(separator: "\n") + "\n"
        let fresh = try Chain()
        let outcome = try fresh.run("import", "-", input: text)
        #expect(outcome.exited && outcome.code == code)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: fresh.path))
        let chain = try Chain.imported()
        let before = try chain.contents()
        #expect(try chain.run("import", "-", input: text).code == code)
        #expect(try chain.contents() == before)
    }

    @Test func `a log that repeats what an earlier one told is refused as a whole`() throws {
        let chain = try Chain()
        let first = [Self.header, Self.receipt, Self.order].joined(separator: "\n") + "\n"
        #expect(try chain.run("import", "-", input: first).code == 0)
        let before = try chain.contents()
        let second = [
            Self.header, Self.receipt.replacing("R1", with: "R2"), Self.order.replacing("tot\":3", with: "tot\":4"),
        ]
        let outcome = try chain.run("import", "-", input: second.joined(separator: "\n") + "\n")
        #expect(outcome.code == 3)
        #expect(outcome.errors.contains("line 3: The order O1 of this store is in the chain already"), "\(outcome.errors)")
        #expect(try chain.contents() == before)
    }

    @Test func `files and directories that are not what they should be are named`() throws {
        let chain = try Chain()
        let empty = chain.folder + "/empty"
        try Data().write(to: URL(fileURLWithPath: empty))
        let cases: [([String], Int32, String)] = [
            (["import", chain.folder + "/none", "--dir", chain.path], 3, "No such file"),
            (["import", chain.folder, "--dir", chain.path], 3, "Is a directory"),
            (["import", empty, "--dir", chain.path], 3, "is empty"),
            (["check", "--dir", chain.path], 3, "no such file or directory"),
            (["check", "--dir", chain.folder], 3, "has no chain.json"), (["exchange", "--dir", empty], 3, "not a directory"),
        ]
        for (words, code, text) in cases {
            let outcome = try Program.run(words)
            #expect(outcome.exited && outcome.code == code, "\(words)")
            #expect(outcome.errors.contains(text), "\(outcome.errors)")
            #expect(!FileManager.default.fileExists(atPath: chain.path))
        }
        #expect(try Program.run(["generate", "--size", "tiny", "--out", chain.log]).code == 0)
        let other = try Program.run(["import", chain.log, "--dir", chain.folder])
        #expect(other.code == 3)
        #expect(other.errors.contains("holds other files"))
    }

    @Test func `what is not in the chain is named with what is`() throws {
        let chain = try Chain.imported()
        let replica = try chain.run("show", "stock", "--replica", "S9")
        #expect(replica.code == 3)
        #expect(replica.errors.contains("Known are: HQ, "))
        let id = try chain.run("show", "order", "nope", "--replica", "HQ", "--json")
        #expect(id.code == 1)
        #expect(id.output == "[]\n")
        #expect(id.errors.contains("HQ holds no order nope"))
    }

    @Test func `a second process on the chain, or on one of its replicas, is told who is there`() throws {
        let chain = try Chain.imported()
        for folder in [chain.path, chain.path + "/S001"] {
            let lock = try DirectoryLock(folder)
            let outcome = try chain.run("exchange")
            #expect(outcome.code == 4)
            #expect(outcome.errors.contains("\(folder): process \(getpid()) is working here"), "\(outcome.errors)")
            #expect(try chain.run("check").code == 0, "a reader needs no lock")
            withExtendedLifetime(lock) {}
        }
        #expect(try chain.run("exchange").code == 0)
    }

    @Test func `a newer file version is refused`() throws {
        let chain = try Chain.imported()
        let database = chain.path + "/HQ/replica.db"
        do { try Connection(path: database, mode: .write).execute("PRAGMA user_version = 9") }
        for command in ["check", "exchange"] {
            let outcome = try chain.run(command)
            #expect(outcome.code == 3)
            #expect(outcome.errors.contains("\(database) has file version 9"), "\(outcome.errors)")
        }
        let register = chain.path + "/chain.json"
        let text = try String(contentsOfFile: register, encoding: .utf8)
        try Data(text.replacing("\"version\" : 1", with: "\"version\" : 2").utf8).write(to: URL(fileURLWithPath: register))
        #expect(try chain.run("check").errors.contains("\(register): this has version 2"))
    }

    @Test func `damaged bytes are found, named, and never a crash`() throws {
        let chain = try Chain.imported()
        let database = URL(fileURLWithPath: chain.path + "/HQ/replica.db")
        let whole = try Data(contentsOf: database)
        var refusals = 0
        for place in stride(from: 0, to: whole.count, by: 8192) {
            var damaged = whole
            for offset in stride(from: place, to: min(place + 4096, whole.count), by: 7) { damaged[offset] ^= 0xA5 }
            try damaged.write(to: database)
            let outcome = try chain.run("check")
            #expect(outcome.exited, "at \(place)")
            if outcome.code != 0 {
                refusals += 1
                #expect("\(outcome.output)\(outcome.errors)".contains(chain.path + "/HQ"), "\(outcome.output)\(outcome.errors)")
            }
            #expect(try chain.run("show", "order", "--replica", "HQ").exited)
        }
        #expect(refusals > whole.count / 8192 / 2)
        try Data("not a database, but long enough to be read as one".utf8).write(to: database)
        #expect(try chain.run("exchange").errors.contains("is not an Atoll replica"))
    }

    @Test(arguments: ["", "replica.db", "identity.json"])
    func `a replica that is lost is named, with what to do`(_ missing: String) throws {
        let chain = try Chain.imported()
        let folder = chain.path + "/S001"
        try FileManager.default.removeItem(atPath: folder + "/" + missing)
        try #expect(Program.run(["generate", "--size", "tiny", "--seed", "9", "--out", chain.log]).code == 0)
        for words in [["check"], ["exchange"], ["show", "stock", "--replica", "S001"], ["import", chain.log]] {
            let outcome = try Program.run(words + ["--dir", chain.path])
            #expect(outcome.code == 4)
            #expect(outcome.errors.contains("\(folder): the replica of S001 is lost"), "\(outcome.errors)")
            #expect(outcome.errors.contains("atoll restore"))
        }
    }

    @Test func `damage beside the records is named by check and by backup`() throws {
        let chain = try Chain.imported()
        let database = chain.path + "/S001/replica.db"
        do {
            try Connection(path: database, mode: .write).execute(
                "UPDATE change SET value = zeroblob(40) WHERE key = (SELECT min(key) FROM change)")
        }
        let check = try chain.run("check")
        #expect(check.code == 1)
        #expect(check.output.contains("\(database) is damaged: a row of the table change"), "\(check.output)")
        #expect(check.errors.contains("differ in 1 place; see above"), "\(check.errors)")
        #expect(try chain.run("check", "--quiet").errors.contains("run it without --quiet"))
        let backup = try chain.run("backup", "--replica", "S001", "--to", chain.folder + "/backup")
        #expect(backup.code == 4)
        #expect(backup.errors.contains("\(database) is damaged"), "what it was made of, not the copy: \(backup.errors)")
        #expect(!FileManager.default.fileExists(atPath: chain.folder + "/backup"))
    }

    @Test func `one of anything is told as one`() throws {
        let chain = try Chain()
        let outcome = try chain.run("import", "-", input: [Self.header, Self.receipt].joined(separator: "\n") + "\n")
        #expect(outcome.output.hasPrefix("Imported 1 event (0 orders) of 1 replica into"), "\(outcome.output)")
    }

    @Test func `a disk without room leaves the chain as it was`() throws {
        let chain = try Chain.imported()
        let before = try chain.contents()
        let big = try Program.run(["generate", "--size", "small", "--seed", "5"]).output
        let places = ["the disk is full", "the disk refused to read or write"]
        for limit in [4, 64, 512] {
            let outcome = try chain.run("import", "-", input: big, fileSizeKiB: limit)
            #expect(outcome.exited && outcome.code == 4, "with \(limit) KiB: \(outcome.errors)")
            #expect(places.contains(where: outcome.errors.contains), "\(outcome.errors)")
            #expect(try chain.contents() == before)
        }
        let fresh = try Chain()
        let outcome = try fresh.run("import", "-", input: big, fileSizeKiB: 400)
        #expect(outcome.code == 4)
        #expect(outcome.errors.contains("the disk is full"), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: fresh.path))
    }

    @Test func `an exchange without room keeps every replica sound`() throws {
        let chain = try Chain.imported(exchanges: false)
        let outcome = try chain.run("exchange", fileSizeKiB: 200)
        #expect(outcome.exited && outcome.code == 4, "\(outcome.errors)")
        #expect(try chain.run("exchange").code == 0)
        #expect(try chain.run("check").code == 0)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write to read-only directories"))
    func `a read-only chain can be read, and says why it cannot be changed`() throws {
        let chain = try Chain.imported()
        let folders = [chain.path] + ["HQ", "S000", "S001", "S002", "S003"].map { chain.path + "/" + $0 }
        for folder in folders { chmod(folder, 0o555) }
        defer { for folder in folders { chmod(folder, 0o755) } }
        #expect(try chain.run("check").code == 0)
        #expect(try chain.run("exchange").code == 4)
    }
}
