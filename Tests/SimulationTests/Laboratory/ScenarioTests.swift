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
        let late = "\"events\": [{\"at\": 600000, \"kind\": \"kill\", \"node\": 1}]"
        #expect(mistakes(late).contains("the event 1 comes when the scenario's minutes are over"))
        let stranger = "\"events\": [{\"at\": 1, \"kind\": \"kill\", \"node\": 9}]"
        #expect(mistakes(stranger).contains("the event 1 is about a machine"))
    }

    @Test func `every scenario of the project can be read and drawn`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Simulations")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".json") }
        #expect(names.count > 10)
        for name in names {
            let scenario = try Scenario.read(Array(try Data(contentsOf: folder.appending(path: name))), named: name)
            #expect(!Plan(scenario, seed: 1).events.isEmpty, "\(name)")
        }
    }
}
