import Testing

/// What is said in the sources, comments and strings included.
struct TextTests {
    @Test func `no work is left unfinished in the code`() throws {
        let files = try Repository.swiftFiles(below: "Sources") + Repository.swiftFiles(below: "Tests")
        let findings = files.flatMap(TextRule.unfinished.findings)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `no path of one machine is built in`() throws {
        let findings = try Repository.swiftFiles(below: "Sources").flatMap(TextRule.machine.findings)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `whoever switches the checks of concurrency off names the guard`() throws {
        let findings = try Repository.swiftFiles(below: "Sources").flatMap(UncheckedRule().findings)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `whoever fails to begin gives nothing back twice`() throws {
        let findings = try Repository.swiftFiles(below: "Sources").flatMap(ReleaseRule().findings)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test(.enabled(if: Repository.hasGit, "the directory is no git repository"))
    func `the top level holds the few names that it may`() throws {
        let findings = TopLevelRule().findings(in: try Repository.trackedPaths())
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `every link of a document leads somewhere`() throws {
        let paths = try Repository.documents()
        #expect(paths.contains("README.md"))
        let findings = try paths.flatMap {
            LinkRule().findings(path: $0, text: try Repository.text(of: $0), exists: Repository.has)
        }
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test(arguments: TextRule.unfinished.words)
    func `a marker of unfinished work is found`(marker: String) {
        func count(_ text: String) -> Int {
            TextRule.unfinished.findings(in: SourceFile(path: "Sources/CRDT/Sample.swift", text: text)).count
        }
        #expect(count("let a = 1 // \(marker): later") == 1)
        #expect(count("let a = 1 // \(marker.lowercased()), A\(marker)") == 0)
    }

    @Test(arguments: TextRule.machine.words)
    func `a path of one machine is found`(path: String) {
        let text = "let a = 1\nlet file = \"\(path)a.db\"\n"
        let file = SourceFile(path: "Sources/CRDT/Sample.swift", text: text)
        #expect(TextRule.machine.findings(in: file).map(\.line) == [2])
    }

    @Test(arguments: [
        "final class A: @unchecked Sendable {}", "/// Holds a.\nfinal class A: @unchecked Sendable {}",
        "/// A lock.\n\nfinal class A: @unchecked Sendable {}", "nonisolated(unsafe) var lock = 1",
    ])
    func `unchecked concurrency without a named guard is found`(text: String) {
        #expect(UncheckedRule().findings(in: SourceFile(path: "Sources/CRDT/Sample.swift", text: text)).count == 1)
    }

    @Test(arguments: [
        "/// Unchecked: the pointer never changes.\nfinal class A: @unchecked Sendable {}",
        "// Guarded by `mutex`.\nnonisolated(unsafe) var a = 1",
        "/// Written under the lock.\n///\n/// Read anywhere.\n@usableFromInline\nstruct A: @unchecked Sendable {}",
    ])
    func `unchecked concurrency with a named guard is fine`(text: String) {
        #expect(UncheckedRule().findings(in: SourceFile(path: "Sources/CRDT/Sample.swift", text: text)).isEmpty)
    }

    /// Two such: a client's socket, whose number was another thread's file by then, and a connection to a database.
    @Test(arguments: [
        ("file = open(path)\nguard file >= 0 else {\nGlibc.close(file)\nthrow error\n}", [5]),
        ("let found = open(path)\nguard found >= 0 else {\nclose(found)\nthrow error\n}\nself.file = found", []),
        ("guard let found = open(path) else { throw error }\nfile = found", []),
    ])
    func `an initializer that gives back what is given back again is found`(body: String, lines: [Int]) {
        let text = "final class A {\ninit() throws {\n\(body)\n}\ndeinit { close(file) }\n}"
        let file = SourceFile(path: "Sources/Node/Sample.swift", text: text)
        #expect(ReleaseRule().findings(in: file).map(\.line) == lines)
    }

    @Test func `a name too many at the top level is found`() {
        let paths = ["Package.swift", ".ci/run", "README.md", "Sources/CRDT/Dot.swift", "Docs/a.md", "Makefile"]
        #expect(TopLevelRule().findings(in: paths).map(\.path) == ["Docs", "Makefile"])
    }

    @Test func `a link that leads nowhere is found`() {
        let text = "[a](../README.md) [b](c.md#d)\n[e](f.md), [g](#h), [i](https://example.org/j)\n"
        let findings = LinkRule().findings(path: "Protocol/a.md", text: text) { ["README.md", "Protocol/c.md"].contains($0) }
        #expect(findings.map(\.description) == ["Protocol/a.md:2: nothing is at f.md"])
    }
}
