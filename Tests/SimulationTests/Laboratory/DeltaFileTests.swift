import Simulation
import Testing

/// Delta files that are carried from machine to machine of a laboratory.
@Suite struct DeltaFileTests {
    private func run(_ lines: String...) throws -> SteeredRun {
        let text = #"{"about": "Files.", "stores": 2, "minutes": 60}"#
        let run = try SteeredRun(try Scenario.read(Array(text.utf8), named: "files.json"), seed: 1)
        for line in lines { try type(line, in: run) }
        return run
    }

    private func type(_ line: String, in run: SteeredRun) throws {
        switch try run.command(line) {
        case .run(let milliseconds): try run.run(for: milliseconds)
        case .act(let acts): try run.perform(acts)
        case .settle: try run.settle()
        default: Issue.record("\(line)")
        }
    }

    private func held(_ scope: String, at node: Int, of run: SteeredRun) -> Int {
        run.scopes(of: node)?.first { $0.name == scope }?.held ?? 0
    }

    private static let write = #"{"kind": "export_delta", "node": 1, "file": "F"}"#
    private static let read = #"{"kind": "import_delta", "node": 0, "file": "F"}"#

    @Test(arguments: [20_000, 0])
    func `a file brings what no line does, once, whether it is staged or not`(recordsAtOnce: Int) throws {
        let read = Self.read.replacing("}", with: #", "records_at_once": \#(recordsAtOnce)}"#)
        let run = try run("cut 0 1", "sell 1 A-1 P1 2", "run 1m", Self.write, "sell 1 A-2 P1 1", "run 5m", read)
        #expect(held("books/1", at: 0, of: run) == 1 && held("stock/1", at: 0, of: run) == 1)
        #expect(run.report.acts["import_delta"]?.counts == [1, 1])
        try type("run 20m", in: run)
        try type(read, in: run)
        // What it holds is known.
        #expect(run.report.acts["import_delta"]?.counts == [2, 1])
        try type("settle", in: run)
        #expect(run.isSettled && held("books/1", at: 0, of: run) == 2)
    }

    @Test func `a file for somebody who was set back since is refused, and changes nothing`() throws {
        let run = try run(
            "sell 1 A-1 P1 2", "run 1m", "cut 0 1", "sell 1 A-2 P1 2",
            Self.write.replacing("}", with: #", "to": 0}"#), "kill 0", #"{"kind": "replace_machine", "node": 0}"#, "start 0",
            Self.read)
        #expect(run.report.acts["import_delta"]?.counts == [1, 0])
        #expect(held("books/1", at: 0, of: run) == 0)
        try type("settle", in: run)
        #expect(run.isSettled && held("books/1", at: 0, of: run) == 2)
    }

    @Test func `what only a stick has kept must come to everybody once somebody has read it`() throws {
        let run = try run(
            "cut 0 1", "sell 1 A-1 P1 2", Self.write, "kill 1", #"{"kind": "replace_machine", "node": 1}"#, "start 1",
            "run 1m")
        // Nobody lacks what is on no disk.
        #expect(run.machines.allSatisfy { $0.counts?.held == 0 && $0.counts?.lacking == 0 })
        try type(Self.read, in: run)
        #expect(held("books/1", at: 0, of: run) == 1 && run.machines[1].counts?.lacking == 2)
        try type("settle", in: run)
        #expect(run.isSettled && held("books/1", at: 1, of: run) == 1, "\(String(describing: run.finding))")
    }

    @Test(arguments: [true, false])
    func `a store that has taken up a shelf hears of it from then on`(takesShelves: Bool) throws {
        let read = Self.read.replacing(#""node": 0"#, with: #""node": 2, "shelves": \#(takesShelves)"#)
        let run = try run("sell 1 A-1 P1 2", "run 1m", Self.write, read, "run 1m", "sell 1 A-2 P1 2", "run 5m")
        #expect(held("stock/1", at: 2, of: run) == (takesShelves ? 2 : 0))
        // Nobody reads in another one's books.
        #expect(run.scopes(of: 2)?.contains { $0.name == "books/1" } == false)
        try type("settle", in: run)
        #expect(run.isSettled)
    }

    @Test func `a file that nobody has written is none`() throws {
        let run = try run(Self.read, "kill 1", Self.write)
        #expect(run.report.acts["import_delta"]?.effective == 0 && run.report.acts["export_delta"]?.effective == 0)
    }
}

extension ActCount {
    fileprivate var counts: [Int] { [done, effective] }
}
