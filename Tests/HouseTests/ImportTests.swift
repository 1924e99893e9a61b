import Testing

/// A target exists only where what it may import differs from its neighbour's.
struct ImportTests {
    @Test func `no target imports more than it may`() throws {
        let findings = try Repository.swiftFiles(below: "Sources").flatMap(ImportRule.house.findings)
        #expect(findings.isEmpty, "\(findings.report)")
    }

    @Test func `every target with code has a row in the table, and no row is left over`() throws {
        let targets = Set(try Repository.swiftFiles(below: "Sources").map(\.target))
        #expect(targets == Set(ImportRule.house.allowed.keys))
    }

    @Test(arguments: [
        ("CRDT", "import Foundation"), ("CRDT", "internal import CSQLite"), ("Replica", "public import Foundation"),
        ("Replica", "internal import Glibc"), ("Sync", "@preconcurrency import Dispatch"), ("Retail", "import Sync"),
        ("Retail", "import struct Foundation.Date"), ("Simulation", "private import Foundation"),
        ("Node", "import Simulation"), ("Node", "import FoundationNetworking"), ("atoll", "import FoundationNetworking"),
        ("Replica", "import CRDT; import Retail"), ("Unheard", "import CRDT"),
    ])
    func `an import too many is found`(target: String, line: String) {
        let text = "// import CRDT\n\(line)\n"
        let findings = ImportRule.house.findings(in: SourceFile(path: "Sources/\(target)/Sample.swift", text: text))
        #expect(findings.map(\.line) == [2])
    }

    @Test func `words about imports are no imports`() {
        let text = "/// import Foundation\nlet `import` = \"import Foundation\"\nlet important = 1\n"
        #expect(ImportRule.house.findings(in: SourceFile(path: "Sources/CRDT/Sample.swift", text: text)).isEmpty)
    }
}
