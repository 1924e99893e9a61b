import Foundation
import Simulation
import Testing

/// Plans that are written down as scenario files.
@Suite struct PlanFileTests {
    private func plan(_ text: String, seed: UInt64 = 1) throws -> Plan {
        Plan(try Scenario.read(Array(text.utf8), named: "test.json"), seed: seed)
    }

    private static let busy = """
        {
          "about": "Much at odd times.", "stores": 2, "ring": true, "minutes": 21.23457, "settle_minutes": 0.00002,
          "begins": "2024-02-29T23:59:59Z",
          "work": [
            {"kind": "sales", "per_hour": 60}, {"kind": "deliveries", "per_hour": 6},
            {"kind": "status_changes", "per_hour": 60}, {"kind": "customer_edits", "per_hour": 60}
          ],
          "faults": [
            {"kind": "flapping", "per_hour": 6, "minutes": 4}, {"kind": "torn_lines", "per_hour": 6},
            {"kind": "power_failures", "per_hour": 6, "minutes": 3}, {"kind": "pauses", "per_hour": 6, "minutes": 2},
            {"kind": "half_open", "per_hour": 6}, {"kind": "tight_bounds"},
            {"kind": "slow_reader", "nodes": [1], "from": 4, "minutes": 3, "bytes_per_second": 50},
            {"kind": "wrong_clock", "nodes": [2], "from": 3, "minutes": 6, "off_minutes": -3000, "drift_ppm": 40}
          ]
        }
        """

    @Test(arguments: [0, 17, UInt64.max]) func `a plan that is written down and read back plays to the same trace`(
        _ seed: UInt64
    ) throws {
        let plan = try plan(Self.busy, seed: seed)
        let text = try plan.scenarioFile(about: "Written \"down\"\n\u{1B}[2K\u{200B}.", violates: "no_trouble")
        let scenario = try Scenario.read(Array(text.utf8), named: "written.json")
        #expect(scenario.violates == "no_trouble" && scenario.about == "Written \"down\"\n\u{1B}[2K\u{200B}.")
        #expect(!text.contains("\u{1B}"))
        let again = Plan(scenario, seed: seed &+ 1)
        #expect(again.seed == seed && again.length == 1_274_074 && again.settling == 1 && again.wall == plan.wall)
        #expect(again.events.count == plan.events.count && again.neighbours.pairs.count == 1)
        #expect(try RunReport(playing: again).trace == RunReport(playing: plan).trace)
    }

    @Test func `one event stands in a line, and its keys in the order of the manual`() throws {
        let text = """
            {
              "about": "Small.",
              "stores": 1,
              "seed": 3,
              "minutes": 0.5,
              "events": [
                {"at": 0, "kind": "sell", "node": 1, "order": "O1", "lines": [{"sku": "P1", "quantity": 1, "price": 5}], "points": 0},
                {"at": 20, "kind": "change_line", "from": 1, "to": 0, "cut": true, "delay_ms": [20, 200]},
                {"at": 1000, "kind": "lose_power", "node": 1, "keeping": "torn_prefix"}
              ]
            }

            """
        #expect(try plan(text).scenarioFile(about: "Small.") == text)
        let nothing = #"{"about": "Nothing.", "stores": 1, "minutes": 1}"#
        let written = try plan(nothing, seed: 5).scenarioFile(about: "Nothing.")
        #expect(try plan(written).scenarioFile(about: "Nothing.") == written)
    }

    @Test func `every scenario of the project can be written down`() throws {
        for (name, scenario) in try ProjectScenarios.all() {
            let written = try Plan(scenario, seed: 1).scenarioFile(about: name)
            #expect(try plan(written, seed: 2).scenarioFile(about: name) == written, "\(name)")
        }
    }

    @Test func `what is written down is enough, whatever it does`() throws {
        let idle = #"{"about": "Idle.", "stores": 1, "minutes": 1, "events": [{"at": 1, "kind": "switch_on", "node": 1}]"#
        for (text, isEnough) in [(idle + "}", false), (idle + #", "seed": 1}"#, true)] {
            let scenario = try Scenario.read(Array(text.utf8), named: "test.json")
            var tally = ScenarioTally(scenario)
            tally.add(try RunReport(playing: Plan(scenario, seed: 1)))
            #expect(tally.shortcomings.isEmpty == isEnough)
        }
    }
}
