import Simulation
import Testing

/// Disks that change what lies on them.
@Suite struct RotTests {
    /// A record of which two machines have a copy each: HQ's is damaged at 61 s, the store's when it is asked for.
    private func play(rottingAgainAt time: Int) throws -> RunReport {
        func rot(_ node: Int, _ time: Int) -> String {
            """
            {"at": \(time), "kind": "kill", "node": \(node)},
            {"at": \(time), "kind": "rot_row", "node": \(node), "row": 0, "bit": 0},
            {"at": \(time + 1000), "kind": "switch_on", "node": \(node)}
            """
        }
        let text = """
            {
              "about": "Both copies rot.", "stores": 1, "minutes": 10,
              "events": [
                {"at": 0, "kind": "mint_quota", "node": 0, "quota": "Q1", "amount": 1},
                \(rot(0, 61_000)), \(rot(1, time))
              ]
            }
            """
        return try RunReport(playing: Plan(try Scenario.read(Array(text.utf8), named: "test.json"), seed: 1))
    }

    @Test func `the last whole copy of a record never rots: nobody could mend that`() throws {
        let report = try play(rottingAgainAt: 61_500)
        #expect(report.violation == nil, "\(String(describing: report.violation))")
        #expect(report.acts["rot_row"]?.done == 2 && report.acts["rot_row"]?.effective == 1)
    }

    @Test func `a copy that was mended counts again`() throws {
        let report = try play(rottingAgainAt: 300_000)
        #expect(report.violation == nil, "\(String(describing: report.violation))")
        #expect(report.acts["rot_row"]?.effective == 2)
    }
}
