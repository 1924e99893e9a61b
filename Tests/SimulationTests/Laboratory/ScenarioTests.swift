import Foundation
import Simulation
import Testing

@Suite struct ScenarioTests {
    /// What is wrong with a scenario, in words.
    private func mistakes(_ body: String) -> String {
        let text = "{\"about\": \"x\", \"stores\": 2, \"minutes\": 10,\n\(body)}"
        do throws(ScenarioErrors) {
            _ = try Scenario.read(Array(text.utf8), named: "s.json")
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func `a mistake is told with its line and column`() {
        #expect(mistakes("\"settle_minutes\": 5") == "none")
        #expect(mistakes("\"wrok\": []").hasPrefix("s.json:2:1: unknown key \"wrok\"; did you mean \"work\"?"))
        let typo = "\"faults\": [{\"kind\": \"outage\", \"from\": 1, \"minuts\": 2}]"
        #expect(mistakes(typo).contains("missing key \"minutes\""))
        let kinds = mistakes("\"work\": [{\"kind\": \"sale\", \"per_hour\": 3}]")
        #expect(kinds.hasPrefix("s.json:2:19: ") && kinds.contains("did you mean \"sales\"?"), "\(kinds)")
        #expect(mistakes("\"work\": [{\"kind\": \"sales\", \"per_hour\": -1}]").contains("a rate is 0 to 1000000 an hour"))
        #expect(mistakes("\"begins\": \"yesterday\"").contains("a time is written as 2026-03-02T08:00:00Z"))
        #expect(mistakes("\"begins\": \"2026-02-30T08:00:00Z\"").contains("there is no such time"))
        #expect(mistakes("\"begins\": \"2024-02-29T23:59:59Z\"") == "none")
        #expect(mistakes("\"violates\": \"luck\"").contains("unknown oracle \"luck\""))
        let machine = "\"faults\": [{\"kind\": \"outage\", \"from\": 1, \"minutes\": 2, \"stores\": [3]}]"
        #expect(mistakes(machine).contains("the fault 1 names a machine that is none of 0 (HQ) to 2"))
        #expect(mistakes("\"events\": [{\"at\": -1, \"kind\": \"kill\", \"node\": 1}]").contains("a time is not negative"))
        let late = "\"events\": [{\"at\": 1200000, \"kind\": \"kill\", \"node\": 1}]"
        #expect(mistakes(late).contains("the event 1 comes when the scenario is over"))
        #expect(mistakes(late.replacing("1200000", with: "1199999")) == "none")
        let stranger = "\"events\": [{\"at\": 1, \"kind\": \"kill\", \"node\": 9}]"
        #expect(mistakes(stranger).contains("the event 1 is about a machine"))
    }

    @Test(arguments: [
        #""events": [{"at": 1, "kind": "change_line", "from": 0, "to": 1, "largest_part": 0}]"#,
        #""events": [{"at": 1, "kind": "change_line", "from": 0, "to": 1, "bytes_per_second": 0}]"#,
        #""events": [{"at": 1, "kind": "change_line", "from": 0, "to": 1, "delay_ms": [-5, 1]}]"#,
        #""events": [{"at": 1, "kind": "change_line", "from": 0, "to": 1, "bytes_per_flipped_bit": -1}]"#,
        #""events": [{"at": 1, "kind": "set_clock", "node": 1, "jump_ms": 9223372036854775807}]"#,
        #""events": [{"at": 1, "kind": "set_clock", "node": 1, "drift_ppm": 1000000}]"#,
        #""events": [{"at": 1, "kind": "move_status", "node": 1, "store": 1, "order": "", "status": "paid"}]"#,
        #""events": [{"at": 1, "kind": "receive", "node": 1, "receipt": "R", "lines": [{"sku": "P", "quantity": -1}]}]"#,
        #""faults": [{"kind": "wrong_clock", "nodes": [1], "from": 1, "off_minutes": 1e300}]"#,
        #""work": [{"kind": "sales", "per_hour": 1, "rushes": [{"from": 1, "minutes": 1, "times": 1e300}]}]"#,
    ])
    func `what nobody can do is refused when it is read`(_ body: String) {
        #expect(mistakes(body).hasPrefix("s.json:2:"), "\(mistakes(body))")
    }

    @Test func `a sale that no till makes is refused when it is read`() {
        func sale(_ lines: String, order: String = "A-1") -> String {
            let sale = #""kind": "sell", "node": 1, "order": "\#(order)", "lines": [\#(lines)], "points": 0"#
            return mistakes(#""events": [{"at": 1, \#(sale)}]"#)
        }
        let line = #"{"sku": "P", "quantity": 1, "price": 1}"#
        #expect(sale(line) == "none")
        #expect(sale(line + "," + line).contains("a sale names each article once"))
        #expect(sale(line, order: "").contains("is no id"))
        #expect(sale(line.replacing("\"quantity\": 1", with: "\"quantity\": 9223372036854775807")).contains("quantities"))
    }

    @Test func `every scenario of the project can be read and drawn`() throws {
        let all = try ProjectScenarios.all()
        #expect(all.count > 10)
        for (name, scenario) in all {
            #expect(!Plan(scenario, seed: 1).events.isEmpty, "\(name)")
        }
    }
}
