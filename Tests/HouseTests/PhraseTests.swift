import Testing

/// The engine reads no clock, draws no randomness of its own and waits for nobody; nothing traps where it should throw.
struct PhraseTests {
    private func sample(_ text: String, in directory: String = "Sources/CRDT") -> SourceFile {
        SourceFile(path: "\(directory)/Sample.swift", text: text)
    }

    @Test func `whatever the simulator runs takes time and randomness as arguments`() throws {
        let files = try Repository.swiftFiles(below: "Sources").filter {
            [PhraseRule].deterministicTargets.contains($0.target)
        }
        let findings = files.flatMap([PhraseRule].deterministic.findings)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `nothing that ships traps where it should throw`() throws {
        let findings = try Repository.swiftFiles(below: "Sources").flatMap([PhraseRule].product.findings)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `the tests see what other targets see, and none is switched off`() throws {
        let files = try Repository.swiftFiles(below: "Tests")
        let findings = files.flatMap([PhraseRule].tests.findings) + files.flatMap(DisabledTestRule().findings)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `no package is depended on`() throws {
        let manifest = SourceFile(path: "Package.swift", text: try Repository.text(of: "Package.swift"))
        let findings = [PhraseRule].manifest.findings(in: manifest)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test(arguments: [PhraseRule].deterministic + .product + .tests + .manifest)
    func `each forbidden phrase is found in code, and not in prose`(rule: PhraseRule) {
        #expect(rule.findings(in: sample("let a = 1\nb {\(rule.phrase) }\n")).map(\.line) == [2])
        #expect(rule.findings(in: sample("// \(rule.phrase)\nlet a = \"\(rule.phrase)\"\n")).isEmpty)
    }

    @Test func `a seeded draw is fine, on however many lines`() {
        let draws = "Int.random(in: 0..<f(1), using: &random)\na.shuffled(\n    using: &random)\n"
        #expect([PhraseRule].deterministic.findings(in: sample(draws)).isEmpty)
        let unseeded = "Int.random(in: 0..<f(using: 1)) + Int.random(\n    in: 0..<9)\n"
        #expect([PhraseRule].deterministic.findings(in: sample(unseeded)).map(\.line) == [1])
    }

    @Test func `a clock within a string's interpolation is found`() {
        #expect([PhraseRule].deterministic.findings(in: sample(#"let a = "at \(Date())""#)).count == 1)
    }

    @Test func `a test may be switched off in debug builds alone`() {
        let trait = DisabledTestRule.phrase + "\"slow\")"
        func findings(_ text: String) -> [Int] {
            DisabledTestRule().findings(in: sample(text, in: "Tests/CRDTTests")).map(\.line)
        }
        #expect(findings("#if DEBUG\n    \(trait)\n#else\n    .enabled(if: true)\n#endif\n").isEmpty)
        #expect(findings("#if DEBUG\n    a\n#else\n    \(trait)\n#endif\n") == [4])
        #expect(findings("@Test(\(trait))\n") == [1])
    }
}

extension PhraseRule: CustomTestStringConvertible {
    var testDescription: String { phrase }
}
