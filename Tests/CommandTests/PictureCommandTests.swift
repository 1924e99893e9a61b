import Foundation
import Testing

@Suite struct PictureCommandTests {
    private let chain: Chain
    private var scenario: String { chain.folder + "/s & <b>.json" }
    private var page: String { chain.folder + "/page.html" }

    init() throws {
        chain = try Chain()
        let text = """
            {
              "about": "Cut & whole <again>.", "stores": 2, "minutes": 20, "work": [{"kind": "sales", "per_hour": 60}],
              "faults": [{"kind": "outage", "from": 5, "minutes": 5, "always": true}]
            }
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: scenario))
    }

    private func contents() throws -> String { try String(contentsOfFile: page, encoding: .utf8) }

    @Test func `a run is drawn to a file, and says no more of itself than one that is not`() throws {
        let plain = try Program.run(["simulate", scenario, "--seed", "17", "--json", "--quiet"])
        let drawn = try Program.run(["simulate", scenario, "--seed", "17", "--json", "--quiet", "--picture", page])
        #expect(drawn.exited && drawn.code == 0 && drawn.output == plain.output, "\(drawn.errors)")
        let html = try contents()
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
        #expect(html.contains("s &amp; &lt;b&gt;") && html.contains("Cut &amp; whole &lt;again&gt;."))
        #expect(html.contains("--seed 17</code>"))
    }

    @Test func `a page that is there stays`() throws {
        try Data("old".utf8).write(to: URL(fileURLWithPath: page))
        let outcome = try Program.run(["simulate", scenario, "--picture", page])
        #expect(outcome.code == 3 && outcome.errors.contains("\(page) is there already"), "\(outcome.errors)")
        #expect(try contents() == "old")
    }

    @Test(arguments: [["--seeds", "2"], ["--check-determinism"]])
    func `one run is drawn, and not several`(_ words: [String]) throws {
        let outcome = try Program.run(["simulate", scenario, "--picture", page] + words)
        #expect(outcome.code == 2 && outcome.errors.contains("--picture draws one run"), "\(outcome.errors)")
        let other = #"{"about": "", "stores": 1, "minutes": 1}"#
        try Data(other.utf8).write(to: URL(fileURLWithPath: chain.folder + "/t.json"))
        let folder = try Program.run(["simulate", chain.folder, "--picture", page])
        #expect(folder.code == 2 && !FileManager.default.fileExists(atPath: page))
    }

    @Test func `a violated run is drawn, too`() throws {
        let text = """
            {
              "about": "No time.", "stores": 1, "minutes": 10, "settle_minutes": 0, "work": [{"kind": "sales", "per_hour": 600}],
              "faults": [{"kind": "outage", "from": 1, "minutes": 10, "always": true}]
            }
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: scenario))
        let outcome = try Program.run(["simulate", scenario, "--picture", page])
        #expect(outcome.code == 1)
        #expect(try contents().contains("convergence violated"))
    }
}
