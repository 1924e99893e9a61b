import Simulation

/// A scenario that is played while somebody types what happens next: on a terminal, or out of a file or a pipe, when the lines are
/// printed as if they had been typed.
struct SteeredSimulation {
    private let file: ScenarioFile
    private let run: SteeredRun
    private let isQuiet: Bool
    private let output = Output()
    private var lines = TypedLines()

    /// - Parameter isQuiet: nothing is printed but what was asked for, and what is wrong.
    init(_ file: ScenarioFile, seed: UInt64, isQuiet: Bool) throws {
        (self.file, self.isQuiet) = (file, isQuiet)
        run = try SteeredRun(file.scenario, seed: seed)
    }

    /// Until there is no more to read, or somebody has had enough.
    ///
    /// - Throws: what the exit code says.
    mutating func play() throws {
        try tell("\(file.scenario.about.printable)\nWhat can be typed is told by: help")
        while let line = try next() {
            let command: SteeringCommand?
            do {
                command = try run.command(line)
            } catch {
                try output.line(error.description)
                continue
            }
            guard let command else { continue }
            if case .quit = command { break }
            let wasViolated = run.finding != nil
            try obey(command)
            if !wasViolated, let violation { try output.line(violation) }
        }
        try output.flush()
        guard let violation else { return try tell(run.isSettled ? "Everything held." : "Everything held so far.") }
        guard run.finding?.oracle != file.scenario.violates else { return }
        throw CommandError.doesNotHold("\(file.path.printable), seed \(run.seed): \(violation)")
    }

    private mutating func next() throws -> String? {
        if !isQuiet { try output.write("\(ScenarioResult.time(run.now))> ") }
        try output.flush()
        let line = try lines.next()
        if !isQuiet, !lines.isTerminal || line == nil { try output.line((line ?? "").printable) }
        return line
    }

    private func obey(_ command: SteeringCommand) throws {
        switch command {
        case .run, .act, .heal, .settle:
            guard !run.isOver else { return try output.line("The run is over. What is left is to show, to save and to quit.") }
            try move(command)
        case .show(let node): for line in SteeringTables(run).lines(of: node) { try output.line(line) }
        case .save(let path): try save(to: path)
        case .help:
            let rows = SteeringCommand.forms.map { [$0.typed, $0.meaning] }
            for line in TextTable(rows).lines(indent: 2) { try output.line(line) }
        case .quit: break
        }
    }

    /// What changes the run.
    private func move(_ command: SteeringCommand) throws {
        let (acts, transactions) = (run.acts, run.transactions)
        switch command {
        case .run(let milliseconds): try run.run(for: milliseconds, checking: Interruption.check)
        case .act(let acts):
            if try run.perform(acts) == 0, run.finding == nil { try output.line("That had no effect.") }
        case .heal(let line):
            if try run.heal(line) == 0 { try output.line("Nothing was wrong with \(line == nil ? "any line" : "that line").") }
        case .settle:
            try run.settle(checking: Interruption.check)
            if run.isSettled { try tell("All is whole, and everybody agrees.") }
        case .show, .save, .help, .quit: break
        }
        guard case .run = command else { return }
        try tell(
            "\((run.acts - acts).counting("act")), \((run.transactions - transactions).counting("transaction"))")
    }

    private func save(to path: String) throws {
        let about = "What somebody did with \(file.name) and the seed \(run.seed)."
        do {
            let text = try run.played.scenarioFile(
                about: about, violates: run.finding?.oracle == file.scenario.violates ? file.scenario.violates : nil)
            try NewFile.write(path) { try $0(Array(text.utf8)) }
            try tell("\(run.acts.counting("act")) in \(path.printable). Again: atoll simulate \(path.printable)")
        } catch {
            try output.line(CommandError(describing: error).description)
        }
    }

    private var violation: String? {
        run.finding.map { finding in
            "\(finding.oracle) is violated after \(ScenarioResult.time(finding.milliseconds))"
                + "\(finding.node.map { ", at node \($0)" } ?? "").\n  \(finding.detail.printable)"
        }
    }

    private func tell(_ text: String) throws {
        if !isQuiet { try output.line(text) }
        try output.flush()
    }
}
