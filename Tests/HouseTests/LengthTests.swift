import Testing

/// Long files and functions are reported, and too long ones refused.
struct LengthTests {
    @Test func `no file and no function is too long`() throws {
        let files = try Repository.swiftFiles(below: "Sources") + Repository.swiftFiles(below: "Tests")
        let findings = files.map { LengthRule().findings(in: $0) }
        let longish = findings.flatMap(\.longish)
        if !longish.isEmpty { print("longer than aimed at:\n\(longish.report)") }
        let tooLong = findings.flatMap(\.tooLong)
        #expect(tooLong.isEmpty, "\(tooLong.report)")
    }

    private func findings(_ text: String) -> (longish: [Int], tooLong: [Int]) {
        let rule = LengthRule(file: .init(aim: 30, limit: 40), function: .init(aim: 5, limit: 8))
        let findings = rule.findings(in: SourceFile(path: "Sources/CRDT/Sample.swift", text: text))
        return (findings.longish.map(\.line), findings.tooLong.map(\.line))
    }

    private func lines(_ count: Int) -> String { String(repeating: "a()\n", count: count) }

    @Test func `a long file is reported, a longer one refused`() {
        #expect(findings(lines(30)) == ([], []))
        #expect(findings(lines(31)) == ([1], []))
        #expect(findings(lines(40)) == ([1], []))
        #expect(findings(lines(41)) == ([], [1]))
    }

    @Test(arguments: ["func f()", "init?(a: Int)", "deinit", "subscript(a: Int) -> Int", "func `a sentence (here`()"])
    func `a long function is reported, a longer one refused`(head: String) {
        #expect(findings("\n\(head) {\n\(lines(3))}\n") == ([], []))
        #expect(findings("\n\(head) {\n\(lines(4))}\n") == ([2], []))
        #expect(findings("\n\(head) {\n\(lines(6))}\n") == ([2], []))
        #expect(findings("\n\(head) {\n\(lines(7))}\n") == ([], [2]))
    }

    @Test func `a function reaches from its name to its own brace`() {
        let text = """
            protocol P { func a() -> Int; init() }
            struct S {
                func b(
                    _ c: () -> Void = { d() }
                ) where E: F { if g { h } else { i } }
                let j = S.init(k: { l })
                func m() {
                    func n() { "}" }
                }
            }
            """
        let source = SourceFile(path: "Sources/CRDT/Sample.swift", text: text)
        #expect(FunctionBodies(source).bodies == [3...5, 7...9, 8...8])
    }
}
