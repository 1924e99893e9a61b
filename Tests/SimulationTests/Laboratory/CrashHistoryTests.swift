import Simulation
import Testing

/// A machine that is off is switched on, and its power goes again after so many operations of its recovery; then it is on for good.
private struct Recover: Act {
    static let kind = "recover"

    let node: Int
    let after: Int?

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard !laboratory.world.nodes[node].isOn else { return false }
        if let after {
            laboratory.world.arm(DiskFault(.powerLoss, after: after), at: node, keeping: .sectors)
            try laboratory.world.start(node)
            if laboratory.world.nodes[node].isOn { laboratory.world.mendDisk(of: node) }
        }
        try laboratory.world.start(node)
        return true
    }
}

@Suite struct CrashHistoryTests {
    private static let transactions = 50

    /// Fifty sales, one a second, with HQ listening; power goes at the n-th change of the store's disk.
    private func plan(crashAfter passes: Int?, keeping survival: Survival = .nothing, recovery: Int? = nil) throws -> Plan {
        var events = (0..<Self.transactions).map { number in
            """
            {"at": \(1_000 + number * 1_000), "kind": "sell", "node": 1, "order": "S-\(100_000 + number)",
             \(number % 3 == 0 ? "\"customer\": \"C10001\"," : "")
             "lines": [{"sku": "P\(10_000 + number % 7)", "quantity": 1, "price": 100}], "points": 1}
            """
        }
        if let passes {
            events.append(
                """
                {"at": 500, "kind": "fail_disk", "node": 1, "effect": "power_loss", "after": \(passes),
                 "operations": "changes", "keeping": "\(survival.rawValue)"}
                """)
        }
        let text = """
            {"about": "Fifty sales.", "stores": 1, "minutes": 1.5, "settle_minutes": 2, "swarm": false,
             "events": [\(events.joined(separator: ",\n"))]}
            """
        var plan = Plan(try Scenario.read(Array(text.utf8), named: "crash.json"), seed: 5)
        plan.events += (1...80).map { PlannedEvent(Recover(node: 1, after: recovery), at: 700 + $0 * 1_000) }
        plan.events.sort { $0.time < $1.time }
        return plan
    }

    @Test(arguments: [false, true])
    func `power that goes at any change of a disk costs nothing acknowledged, also when it goes again meanwhile`(
        _ failsTwice: Bool
    ) throws {
        let healthy = try Laboratory(try plan(crashAfter: nil))
        let before = healthy.world.nodes[1].disk.operations
        try healthy.run()
        let after = healthy.world.nodes[1].disk.operations
        let points = DiskOperation.changes.reduce(0) { $0 + after[$1] - before[$1] }
        #expect(healthy.journal.transactionCount == Self.transactions)
        #expect(points > 150)
        var struck = 0
        for point in 0..<points {
            let survival = Survival.allCases[point % Survival.allCases.count]
            let plan = try plan(crashAfter: point, keeping: survival, recovery: failsTwice ? point * 7 % 40 : nil)
            let report = try RunReport(playing: plan)
            #expect(report.violation == nil, "after \(point), keeping \(survival)")
            if report.acts[Recover.kind]?.effective ?? 0 > 0 { struck += 1 }
        }
        // What comes last may fall away in a run in which other things came before.
        #expect(struck > points * 9 / 10)
    }
}
