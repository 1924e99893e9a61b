import Foundation
import Simulation
import Testing

@Suite struct PlanShrinkingTests {
    /// Three stores, of which the second is put back to an older copy while the others work, and lines and programs fail.
    private static let putBack = """
        {
          "about": "Put back among much else.", "stores": 3, "minutes": 60, "settle_minutes": 5,
          "work": [
            {"kind": "sales", "per_hour": 30}, {"kind": "status_changes", "per_hour": 20},
            {"kind": "customer_edits", "per_hour": 20}
          ],
          "faults": [
            {"kind": "outage", "stores": [1, 3], "from": 10, "minutes": 20}, {"kind": "kills", "per_hour": 1, "minutes": 2}
          ],
          "events": [
            {"at": 600000, "kind": "back_up", "node": 2}, {"at": 1800000, "kind": "kill", "node": 2},
            {"at": 1800001, "kind": "put_back", "node": 2, "unnoticed": true}, {"at": 1800002, "kind": "switch_on", "node": 2}
          ]
        }
        """

    private func plan(_ text: String, seed: UInt64 = 1) throws -> Plan {
        Plan(try Scenario.read(Array(text.utf8), named: "test.json"), seed: seed)
    }

    private func kinds(_ plan: Plan) -> [String] { plan.events.map { type(of: $0.act).kind } }

    /// Shrinks what a run of the plan has found.
    private func shrink(
        _ plan: Plan, within budget: TrialBudget = .unlimited, progress: (ShrinkProgress<Plan>) -> Void = { _ in }
    ) throws -> ShrinkResult<Plan> {
        let finding = try #require(try RunReport(playing: plan).violation)
        return withoutActuallyEscaping(progress) { progress in
            PlanShrinking(plan, violating: finding).shrink(within: budget, progress: progress)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `of an hour in which a disk is put back, what matters is left`(_ seed: UInt64) throws {
        let result = try shrink(try plan(Self.putBack, seed: seed))
        let left = result.smallest
        #expect(result.isMinimal && left.stores == 1, "\(left)")
        // Something is written behind the copy; the machine is switched on once all is made whole.
        let kinds = kinds(left)
        #expect([kinds.first] + kinds.suffix(2) == ["back_up", "kill", "put_back"], "\(left)")
        let others = left.events.indices.filter { Set(left.events[$0].act.nodes) != [1] }
        #expect(left.events.count == 4 && [[], [1]].contains(others), "\(left)")
        // What HQ has written takes a moment to arrive at the store that forgets it.
        let latest: Int64 = others.isEmpty ? 0 : 1_000
        #expect(left.length == 60_000 && left.settling == 0 && left.events.allSatisfy { $0.time <= latest }, "\(left)")
        let again = Plan(try Scenario.read(Array(try left.scenarioFile(about: "x").utf8), named: "left.json"), seed: 77)
        #expect(try RunReport(playing: again).violation?.oracle == "acknowledged_kept")
    }

    @Test func `the same plan shrinks to the same file`() throws {
        let plan = try plan(Self.putBack)
        let (first, second) = (try shrink(plan), try shrink(plan))
        #expect(try first.smallest.scenarioFile(about: "x") == second.smallest.scenarioFile(about: "x"))
        #expect(first.trials == second.trials)
    }

    @Test(arguments: [0, 1, 5, 25]) func `a budget that is over gives the smallest so far`(_ limit: Int) throws {
        let plan = try plan(Self.putBack)
        var told: [Plan] = []
        let result = try shrink(plan, within: TrialBudget(trials: limit)) { told.append($0.smallest) }
        #expect(result.stop == .outOfTrials(limit: limit) && told.count == limit)
        #expect(result.smallest.events.count == told.last?.events.count ?? result.smallest.events.count)
        #expect(try RunReport(playing: result.smallest).violation?.oracle == "acknowledged_kept")
    }

    @Test func `time that is over in the middle of a trial ends it, and nothing of it counts`() throws {
        let plan = try plan(Self.putBack)
        var questions = 0
        let budget = TrialBudget(trials: .max) {
            questions += 1
            return questions > 400
        }
        let result = try shrink(plan, within: budget)
        #expect(result.stop == .over)
        #expect(try RunReport(playing: result.smallest).violation?.oracle == "acknowledged_kept")
    }

    @Test func `what violates another oracle is not taken`() throws {
        let plan = try plan(Self.putBack)
        let told = #"{"oracle": "equal_knowledge", "milliseconds": 3900000, "detail": "said by somebody"}"#
        let finding = try JSONDecoder().decode(RunReport.Finding.self, from: Data(told.utf8))
        let result = PlanShrinking(plan, violating: finding).shrink(within: TrialBudget(trials: 40))
        #expect(result.smallest.events.count == plan.events.count && result.smallest.length == plan.length)
        #expect(result.smallest.settling == plan.settling)
    }

    @Test func `what is violated at the end keeps the time that all is whole`() throws {
        let text = """
            {
              "about": "Too short a wait.", "stores": 2, "minutes": 60, "settle_minutes": 0.001,
              "work": [{"kind": "sales", "per_hour": 20}],
              "faults": [{"kind": "outage", "from": 1, "minutes": 60, "always": true}]
            }
            """
        let left = try shrink(try plan(text)).smallest
        #expect(left.settling == 60 && left.stores == 1 && left.events.count <= 3, "\(left)")
        #expect(kinds(left).contains("sell"))
        #expect(try RunReport(playing: left).violation?.oracle == "convergence")
    }
}
