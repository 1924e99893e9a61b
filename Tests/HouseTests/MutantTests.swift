import Testing

/// Every mutant is listed and explained, and the list names no other.
struct MutantTests {
    @Test func `the list and the sources name the same mutants`() throws {
        let list = MutantList(try Repository.text(of: "Simulations/mutants.md"))
        let findings = list.findings(try Repository.swiftFiles(below: "Sources"), scenarios: try Repository.scenarios())
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
        #expect(list.rows.count >= 50)
    }

    /// All else asks `Mutants.isOn`, which a normal build folds away.
    @Test func `the trait is asked for where mutants are chosen, and nowhere else`() throws {
        let asking = try Repository.swiftFiles(below: "Sources").filter { file in
            file.lines.contains { $0.contains("#if Mutants") }
        }
        #expect(asking.map(\.path) == ["Sources/CRDT/Mutants.swift", "Sources/atoll/main.swift"])
    }

    private func findings(_ rows: String, _ code: String) -> [String] {
        let document = "| mutant | what it breaks | shows with | found by |\n| --- | --- | --- | --- |\n" + rows
        let file = SourceFile(path: "Sources/CRDT/Sample.swift", text: code)
        return MutantList(document).findings([file], scenarios: ["lunch-outage", "power-cuts"])
    }

    @Test func `a complete list is fine`() {
        let rows = "| a-b | It breaks. | always | lunch-outage, power-cuts |\n| c-d | So. | never | waits for rain |\n"
        let code = "/// Mutants.isOn(\"x-y\")\nif Mutants.isOn(\"a-b\") || Mutants.isOn(\"c-d\") {}\n"
        #expect(findings(rows, code).isEmpty)
    }

    @Test(arguments: [
        ("| a-b | So. | always | lunch-outage |\n", "", "a-b has no site"),
        ("", "if Mutants.isOn(\"a-b\") {}", "a-b is not listed"),
        ("| a-b | So. |  | lunch-outage |\n", "if Mutants.isOn(\"a-b\") {}", "a-b is not explained"),
        ("| a-b | So. | always | dinner |\n", "if Mutants.isOn(\"a-b\") {}", "a-b: there is no scenario dinner"),
    ])
    func `what is wrong with a list is found`(rows: String, code: String, finding: String) {
        #expect(findings(rows, code) == [finding])
    }
}
