import Simulation
import Testing

@Suite struct SteeringTests {
    private func scenario(_ more: String = "") throws -> Scenario {
        let text = #"{"about": "Steered.", "stores": 3, "ring": true, "minutes": 60"# + more + "}"
        return try Scenario.read(Array(text.utf8), named: "steered.json")
    }

    /// Types lines.
    private func type(_ lines: String..., in run: SteeredRun) throws {
        for line in lines {
            switch try run.command(line) {
            case .run(let milliseconds): try run.run(for: milliseconds)
            case .act(let acts): try run.perform(acts)
            case .heal(let line): try run.heal(line)
            case .settle: try run.settle()
            case .show, .save, .help, .quit, nil: Issue.record("\(line) changes nothing")
            }
        }
    }

    private func refusal(of line: String, in run: SteeredRun) -> String {
        do {
            _ = try run.command(line)
            return ""
        } catch {
            return error.description
        }
    }

    @Test func `what was done plays again as the same run, step by step`() throws {
        let work = #", "work": [{"kind": "sales", "per_hour": 60}], "faults": [{"kind": "outage", "from": 5, "minutes": 20}]"#
        let run = try SteeredRun(try scenario(work), seed: 4)
        try type(
            "run 7m", "cut 1 2", "sell 1 A-1 P1 2 P2 1", "run 90s", "power 2 torn_prefix", "cut 3 0 one-way", "run 10m",
            "start 2", "tear 1 0", "kill 3", "heal all", "start 3", "run 1s", "receive 2 R-1 P1 9", in: run)
        let snapshot = run.played
        try type("settle", in: run)
        #expect(run.isSettled && run.finding == nil)
        for plan in [snapshot, run.played] {
            let text = try plan.scenarioFile(about: "Again.")
            let again = Plan(try Scenario.read(Array(text.utf8), named: "again.json"), seed: 99)
            let report = try RunReport(playing: again)
            #expect(report.trace == run.report.trace && report.acts == run.report.acts && report.violation == nil)
        }
    }

    @Test func `a line that was cut is seen by what is lacking, and healed it is good again, whoever has cut it`() throws {
        let faults = #", "swarm": false, "faults": [{"kind": "outage", "from": 0, "minutes": 60, "stores": [1]}]"#
        let run = try SteeredRun(try scenario(faults), seed: 1)
        // The outage has cut it already, and now it is cut twice.
        try type("run 1m", "cut 0 1", "cut 1 2 one-way", "cut 3 1", "sell 1 A-1 P1 2", "run 5m", in: run)
        #expect(run.machines[0].counts?.lacking == 2 && run.machines[1].counts?.lacking == 0)
        #expect(run.scopes.allSatisfy { $0.lacking.map(\.node) == [0] && $0.lacking[0].count == 1 })
        #expect(run.troubledLines.map(\.trouble) == ["cut", "nothing arrives at store 2", "cut"])
        #expect(try run.heal((one: 1, other: 0)) == 1 && run.troubledLines.count == 2)
        #expect(try run.heal(nil) == 2 && run.troubledLines.isEmpty)
        #expect(try run.heal(nil) == 0)
        try type("run 10m", in: run)
        #expect(run.machines.allSatisfy { $0.counts?.lacking == 0 && $0.state == "on" })
        #expect(run.machines[1].sessions.map(\.peer) == [0, 2, 3] && run.machines[1].sessions.allSatisfy { $0.isInSync })
    }

    @Test func `a poor line is made good again`() throws {
        let run = try SteeredRun(try scenario(), seed: 1)
        try type(#"{"kind": "change_line", "from": 0, "to": 1, "delay_ms": [500, 900]}"#, in: run)
        #expect(run.troubledLines.map(\.trouble) == ["poor"])
        #expect(try run.heal(nil) == 1 && run.troubledLines.isEmpty)
    }

    @Test func `with the first violation the run is over, and what led to it is enough to see it again`() throws {
        let run = try SteeredRun(try scenario(), seed: 1)
        try type(
            "run 1m", #"{"kind": "back_up", "node": 1}"#, "sell 1 A-1 P1 1", "run 1m", "kill 1",
            #"{"kind": "put_back", "node": 1, "unnoticed": true}"#, "start 1", in: run)
        #expect(run.isOver && run.finding?.oracle == "acknowledged_kept" && run.finding?.node == 1)
        let before = run.acts
        try run.run(for: 60_000)
        #expect(run.acts == before && run.now == 120_000)
        #expect(try RunReport(playing: run.played).violation == run.finding)
    }

    @Test func `a machine that is off says nothing of what it holds`() throws {
        let run = try SteeredRun(try scenario(), seed: 1)
        try type("run 1m", "kill 2", #"{"kind": "pause", "node": 1, "ms": 5000}"#, in: run)
        #expect(run.machines.map(\.state) == ["on", "pauses", "off", "on"])
        #expect(run.machines[2].counts == nil && run.scopes(of: 2) == nil && run.machines[2].sessions.isEmpty)
    }

    @Test(arguments: [
        ("run", "a time, as 500ms"), ("run 5", "\"5\" is no time"), ("run 5x", "\"5x\" is no time"), ("run 0m", "is no time"),
        ("run 99999999999999999999s", "is no time"), ("cut 1", "a machine, 0 (HQ) to 3"), ("cut 1 4", "\"4\" is no machine"),
        ("cut 2 2", "between two machines"), ("cut 1 2 both", "\"both\""), ("heal every", "\"every\" is no machine"),
        ("power 1 half", "keeps nothing, prefix"), ("sell 1 A-1", "an article"), ("sell 1 A-1 P1 many", "\"many\" is no whole"),
        ("sell 1 A-1 P1 1 P1 2", "names each article once"), ("sell 1 A-1 P1 -1", "are 0 to"), ("save", "the file to write"),
        ("shwo", "did you mean \"show\"?"), ("\u{1B}[2J", "There is no"), ("quit now", "\"now\""),
        (#"{"kind": "kill", "node": 7}"#, "none of 0 (HQ) to 3"), (#"{"kind": "kil", "node": 1}"#, "did you mean \"kill\"?"),
        (#"{"kind": "kill", "node": 1, "at": 3}"#, "unknown key \"at\""),
        (#"{"kind": "pause", "node": 1, "ms": 0}"#, "pauses for 1"),
        ("{", "That is no act"),
    ])
    func `whatever cannot be done is refused in a sentence`(line: String, words: String) throws {
        let refusal = refusal(of: line, in: try SteeredRun(try scenario(), seed: 1))
        #expect(refusal.contains(words) && !refusal.contains("\u{1B}") && refusal.hasSuffix("."), "\(refusal)")
    }

    @Test func `lines that nobody dials are none`() throws {
        let text = #"{"about": "Apart.", "stores": 2, "minutes": 1}"#
        let run = try SteeredRun(try Scenario.read(Array(text.utf8), named: "apart.json"), seed: 1)
        #expect(refusal(of: "cut 1 2", in: run).contains("There is no line between 1 and 2"))
        #expect(refusal(of: "cut 1 0", in: run).isEmpty && refusal(of: "  # nothing", in: run).isEmpty)
    }
}
