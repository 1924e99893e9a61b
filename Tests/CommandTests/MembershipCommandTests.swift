import Foundation
import Testing

/// `init`, `invite`, `join` and `revoke`, as a person calls them.
@Suite struct MembershipCommandTests {
    /// A place for HQ and stores; gone with its last reference.
    private let chain: Chain
    private var headquarters: String { chain.folder + "/hq" }

    init() throws { chain = try Chain() }

    private func run(_ words: String..., input: String = "") throws -> Program.Outcome {
        try Program.run(words, input: Data(input.utf8))
    }

    /// Founds a chain whose HQ nobody runs: nothing listens at port 1.
    private func found() throws {
        let outcome = try run("init", "--dir", headquarters, "--listen", "127.0.0.1:1")
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    private func invite(_ name: String, _ more: String...) throws -> String {
        let outcome = try Program.run(["invite", name, "--dir", headquarters] + more)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return String(outcome.output.split(separator: "\n").last ?? "")
    }

    @Test func `a chain is founded once, and says what comes next`() throws {
        let outcome = try run("init", "--dir", headquarters, "--listen", "127.0.0.1:1")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("atoll invite NAME --dir \(headquarters)\n"))
        #expect(outcome.output.contains("atoll serve --dir \(headquarters)"))
        let again = try run("init", "--dir", headquarters)
        #expect(again.code == 3)
        #expect(again.errors.contains("\(headquarters): there is something here already"))
        #expect(try invite("S001").count > 150)
    }

    @Test func `what is printed for machines says the same`() throws {
        let founded = try run("init", "--dir", headquarters, "--json").output
        #expect(founded.contains(#""member":0,"name":"HQ","listen":"0.0.0.0:7400","address":null"#), "\(founded)")
        let refused = try run("invite", "S001", "--dir", headquarters)
        #expect(refused.code == 2 && refused.errors.contains("--address HOST:PORT"))
        let invited = try run("invite", "S001", "--dir", headquarters, "--address", "hq:7400", "--json").output
        #expect(invited.contains(#"{"member":1,"name":"S001","token":""#), "\(invited)")
        #expect(invited.contains(#""address":"hq:7400"}"#), "\(invited)")
        let withdrawn = try run("revoke", "S001", "--dir", headquarters, "--json").output
        #expect(withdrawn == "{\"member\":1,\"name\":\"S001\",\"state\":\"withdrawn\"}\n")
    }

    @Test func `a store that cannot reach HQ says so and leaves nothing`() throws {
        try found()
        let token = try invite("S001")
        let store = chain.folder + "/S001"
        for (words, input) in [(token, ""), ("-", token.lowercased() + "\n")] {
            let outcome = try run("join", words, "--dir", store, input: input)
            #expect(outcome.code == 1)
            #expect(outcome.errors.contains("HQ is not reachable at 127.0.0.1:1"), "\(outcome.errors)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: chain.folder).sorted() == ["hq"])
    }

    @Test func `a mistyped token is named before anybody is asked`() throws {
        try found()
        let token = try invite("S001")
        let wrong = token.replacingCharacters(in: token.startIndex...token.startIndex, with: "8")
        let outcome = try run("join", wrong, "--dir", chain.folder + "/S001")
        #expect(outcome.code == 3)
        #expect(outcome.errors.contains("the token is mistyped: group 1"), "\(outcome.errors)")
        #expect(!outcome.errors.contains(token.split(separator: "-")[5]), "the rest of a secret is not shown")
    }

    @Test(arguments: [
        (["invite", "HQ"], 3, "it can be neither invited nor revoked"), (["revoke", "S9"], 3, "Known are: HQ."),
        (["invite", "S1", "--replace"], 3, "no member named S1"), (["invite", "S1", "--valid", "0"], 2, "1 to 8760 hours"),
        (["invite", "S1", "--address", "hq"], 2, "takes a host and a port"),
        (["invite", "S1", "--address", "0.0.0.0:7400"], 2, "nobody can dial"),
        (["invite", " S1"], 2, "cannot be a member's name"),
        (["revoke", "S1", "--undo", "--reason", "x"], 2, "goes without --reason"),
        (["revoke", "HQ", "--undo"], 1, "HQ is not revoked"),
    ])
    func `a wish that makes no sense is refused in words`(_ words: [String], _ code: Int32, _ says: String) throws {
        try found()
        let outcome = try Program.run(words + ["--dir", headquarters])
        #expect(outcome.exited && outcome.code == code, "\(outcome.errors)")
        #expect(outcome.errors.contains(says), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `a directory of a simulated chain has no authority`() throws {
        let simulated = try Chain.imported(exchanges: false)
        let outcome = try run("invite", "S9", "--dir", simulated.path + "/HQ")
        #expect(outcome.code == 3)
        #expect(outcome.errors.contains("this replica has no keys"), "\(outcome.errors)")
        let store = try run("invite", "S9", "--dir", simulated.path + "/S000")
        #expect(store.code == 3 && store.errors.contains("only HQ decides"), "\(store.errors)")
    }

    @Test func `an invitation that was withdrawn is gone, and a name keeps its number until then`() throws {
        try found()
        let first = try invite("S001")
        #expect(try invite("S001") != first)
        #expect(try run("invite", "S002", "--dir", headquarters, "--json").output.contains(#""member":2"#))
        #expect(try run("revoke", "S001", "--dir", headquarters).output.contains("Withdrew the invitation of S001"))
        #expect(try run("revoke", "S001", "--dir", headquarters).code == 3)
        #expect(try run("invite", "S001", "--dir", headquarters, "--json").output.contains(#""member":3"#))
    }

    /// Killed anywhere, founding leaves nothing or a whole chain; the same command then finishes, or says that it is done.
    @Test func `a founding that was killed can be run again`() throws {
        for milliseconds in stride(from: 1.0, through: 40.0, by: 3.0) {
            let words = ["init", "--dir", headquarters, "--listen", "127.0.0.1:1"]
            _ = try Program.run(words, secondsToLive: milliseconds / 1_000)
            let again = try Program.run(words)
            #expect(again.code == 0 || again.errors.contains("something here already"), "\(again.errors)")
            #expect(try invite("S001").count > 150)
            try FileManager.default.removeItem(atPath: headquarters)
        }
    }
}
