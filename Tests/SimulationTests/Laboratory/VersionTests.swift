import Simulation
import Testing

/// Programs that speak several versions of the protocol.
@Suite struct VersionTests {
    private func play(_ events: String, minutes: Int = 30) throws -> RunReport {
        let text = """
            {"about": "Programs differ.", "stores": 2, "ring": true, "minutes": \(minutes), "events": [\(events)]}
            """
        return try RunReport(playing: Plan(try Scenario.read(Array(text.utf8), named: "test.json"), seed: 1))
    }

    private func edit(at time: Int, _ node: Int) -> String {
        """
        {"at": \(time), "kind": "edit_customer", "node": \(node), "customer": "C\(node)", "phone": "+49 1", "add_tags": [], \
        "remove_tags": []}
        """
    }

    @Test(arguments: ["0.9", "2.0"])
    func `another major version is refused, dialled seldom, and caught up with once it is the same`(_ version: String) throws {
        let apart = """
            {"at": 1000, "kind": "update", "node": 2, "version": "\(version)"},
            \(edit(at: 60_000, 1)), \(edit(at: 61_000, 2)), {"at": 600000, "kind": "must_agree", "nodes": [0, 1]}
            """
        let together = """
            {"at": 700000, "kind": "update", "node": 2, "version": "1.0"},
            {"at": 1100000, "kind": "must_agree", "nodes": [0, 1, 2]}
            """
        let report = try play("\(apart), \(together)")
        #expect(report.violation == nil, "\(String(describing: report.violation))")
        let refusals = report.endings["version"] ?? 0
        // Both ends count each; two targets, and waits of 150 to 300 s.
        #expect(4...20 ~= refusals, "\(report.endings)")
        let impatient = try play("\(apart), {\"at\": 650000, \"kind\": \"must_agree\", \"nodes\": [0, 2]}")
        #expect(impatient.violation?.oracle == "convergence" && impatient.violation?.milliseconds == 650_000)
    }

    @Test func `what a newer minor version says more is skipped`() throws {
        let report = try play(
            """
            {"at": 1000, "kind": "update", "node": 1, "version": "1.1"}, \(edit(at: 60_000, 1)), \(edit(at: 61_000, 2)),
            {"at": 62000, "kind": "tear_line", "one": 0, "other": 1}, \(edit(at: 63_000, 0)),
            {"at": 300000, "kind": "must_agree", "nodes": [0, 1, 2]},
            {"at": 400000, "kind": "update", "node": 0, "version": "1.1"}, \(edit(at: 401_000, 0)),
            {"at": 700000, "kind": "must_agree", "nodes": [0, 1, 2]}
            """)
        #expect(report.violation == nil, "\(String(describing: report.violation))")
        for name in ["version", "malformed", "unexpected", "flooded"] {
            #expect(report.endings[name] == nil, "\(report.endings)")
        }
    }

    @Test func `who does not wait after a refusal is found`() throws {
        let report = try play(
            """
            {"at": 1000, "kind": "install", "node": 1, "build": "restless"},
            {"at": 2000, "kind": "update", "node": 1, "version": "2.0"}
            """)
        #expect(report.violation?.oracle == "versions_apart" && report.violation?.node == 1)
    }
}
