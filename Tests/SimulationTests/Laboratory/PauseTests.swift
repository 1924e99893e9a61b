import Simulation
import Testing

/// Machines that stop and go on.
@Suite struct PauseTests {
    private func play(_ events: String) throws -> RunReport {
        let text = """
            {
              "about": "A machine stops.", "stores": 2, "minutes": 10,
              "events": [
                {"at": 60000, "kind": "edit_customer", "node": 1, "customer": "C1", "phone": "+49 1", "add_tags": [], "remove_tags": []},
                \(events)
              ]
            }
            """
        return try RunReport(playing: Plan(try Scenario.read(Array(text.utf8), named: "test.json"), seed: 1))
    }

    @Test func `nothing reaches a machine that has stopped, and all of it once it goes on`() throws {
        let early =
            #"{"at": 59000, "kind": "pause", "node": 2, "ms": MS}, {"at": 239000, "kind": "must_agree", "nodes": [1, 2]}"#
        let paused = try play(early.replacing("MS", with: "181000"))
        #expect(paused.violation?.oracle == "convergence" && paused.violation?.node == 2)
        // Its line had timed out meanwhile, and is dialled again.
        let short = try play(early.replacing("MS", with: "120000"))
        #expect(short.violation == nil, "\(String(describing: short.violation))")
        #expect(short.endings["timed_out"] ?? 0 > 0)
    }

    @Test func `nobody works at a machine that has stopped, and a pause ends with the program`() throws {
        let sale = #""kind": "sell", "node": 2, "lines": [{"sku": "P1", "quantity": 1, "price": 5}], "points": 0"#
        let report = try play(
            """
            {"at": 70000, "kind": "pause", "node": 2, "ms": 400000}, {"at": 80000, "order": "A-1", \(sale)},
            {"at": 90000, "kind": "kill", "node": 2}, {"at": 91000, "kind": "switch_on", "node": 2},
            {"at": 100000, "order": "A-2", \(sale)}
            """)
        #expect(report.violation == nil)
        #expect(report.acts["sell"]?.done == 2 && report.acts["sell"]?.effective == 1)
    }
}
