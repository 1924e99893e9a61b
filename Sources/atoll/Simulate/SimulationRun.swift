import Foundation
import Simulation
import Synchronization

/// Plays all seeds of all scenarios on all cores, and says what came of it.
struct SimulationRun {
    var secondsLimit: Double?
    var isJSON = false
    var isQuiet = false
    var checksDeterminism = false
    /// Whether runs are recorded, so that they can be drawn.
    var draws = false
    /// Of the last run.
    private(set) var picture: Picture?
    /// If what is violated is to be made small.
    var shrinking: ViolationShrinking?
    private let files: [ScenarioFile]
    private let seeds: ClosedRange<UInt64>
    private let watch = Stopwatch()
    private var results: [ScenarioResult] = []

    init(_ files: [ScenarioFile], seeds: ClosedRange<UInt64>) {
        (self.files, self.seeds) = (files, seeds)
    }

    /// All scenarios come in turn, as many seeds of each at once as there are cores: whoever sets a time limit has runs of all.
    mutating func run() throws {
        let output = Output()
        results = files.map { ScenarioResult($0) }
        var progress = ProgressLine("played", "runs", total: files.reduce(0) { $0 + count(of: $1) }, isQuiet: isQuiet)
        let width = UInt64(ProcessInfo.processInfo.activeProcessorCount)
        var next: UInt64? = seeds.lowerBound
        while let first = next {
            let last = seeds.upperBound - first < width ? seeds.upperBound : first + width - 1
            for index in results.indices {
                try Interruption.check()
                if let secondsLimit, watch.seconds >= secondsLimit { break }
                let begin = watch.seconds
                let wanted = self.seeds(of: files[index], in: first...last)
                guard !wanted.isEmpty else { continue }
                let runs = try play(files[index], wanted)
                results[index].add(runs, in: watch.seconds - begin)
                if let drawn = runs.last?.picture { picture = drawn }
                if isJSON { for run in runs { try output.line(try Self.json(run, of: files[index])) } }
                try shrink(runs, of: files[index], output)
                try output.flush()
                progress.update(results.reduce(0) { $0 + $1.tally.runs })
            }
            let isOver = secondsLimit.map { watch.seconds >= $0 } ?? false
            next = last == seeds.upperBound || isOver ? nil : last + 1
        }
        progress.finish()
        for index in results.indices {
            results[index].isComplete = results[index].tally.runs == count(of: files[index])
            if !isJSON, !isQuiet { for line in results[index].lines { try output.line(line) } }
        }
        try output.flush()
    }

    /// A scenario that has a seed itself is played once.
    private func count(of file: ScenarioFile) -> Int { file.scenario.seed == nil ? seeds.count : 1 }

    private func seeds(of file: ScenarioFile, in part: ClosedRange<UInt64>) -> [UInt64] {
        guard let seed = file.scenario.seed else { return Array(part) }
        return part.lowerBound == seeds.lowerBound ? [seed] : []
    }

    private mutating func shrink(_ runs: [PlayedRun], of file: ScenarioFile, _ output: Output) throws {
        for run in runs {
            guard let shrunk = try shrinking?.shrink(run.report, of: file) else { continue }
            if isJSON {
                try output.line(try Self.json(["shrunk": shrunk]))
            } else if !isQuiet {
                try output.line(shrunk.line)
            }
            // What it had come to is written; whoever had enough has it.
            try output.flush()
            try Interruption.check()
        }
    }

    private func play(_ file: ScenarioFile, _ seeds: [UInt64]) throws -> [PlayedRun] {
        let runs = Mutex<[Int: Result<PlayedRun, any Error>]>([:])
        let (checksDeterminism, draws) = (checksDeterminism, draws)
        DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
            let run = Result {
                checksDeterminism
                    ? try TwinRun.play(file, seed: seeds[index])
                    : try Self.play(file, seeds[index], draws: draws)
            }
            runs.withLock { $0[index] = run }
        }
        return try seeds.indices.compactMap { index in try runs.withLock { $0[index] }?.get() }
    }

    private static func play(_ file: ScenarioFile, _ seed: UInt64, draws: Bool) throws -> PlayedRun {
        let plan = Plan(file.scenario, seed: seed)
        let recorder = draws ? RunRecorder(plan) : nil
        var run = PlayedRun(try RunReport(playing: plan, recorder: recorder, checking: Interruption.check))
        run.picture = recorder.map { recorder in
            Picture(
                of: recorder.record, run.report, name: file.name, about: file.scenario.about,
                command: "atoll simulate \(file.path) --seed \(seed)")
        }
        return run
    }

    private static func json(_ run: PlayedRun, of file: ScenarioFile) throws -> String {
        struct Line: Encodable {
            let scenario: String
            let run: RunReport
        }
        return try json(Line(scenario: file.path, run: run.report))
    }

    private static func json(_ line: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(line), as: UTF8.self)
    }

    /// For build servers: a suite a scenario, a case a seed that failed, and one for all that held.
    var junit: String { JUnitReport(results).xml }

    /// - Throws: what the exit code says.
    func conclude() throws {
        let differing = results.flatMap(\.differences)
        guard differing.isEmpty else {
            throw CommandError(code: .notDeterministic, description: differing.joined(separator: "\n"))
        }
        let failures = results.flatMap(\.failures)
        guard failures.isEmpty else { throw CommandError.doesNotHold(failures.joined(separator: "\n")) }
        let shortcomings = results.flatMap(\.shortcomings)
        guard shortcomings.isEmpty else {
            throw CommandError(code: .tooLittle, description: shortcomings.joined(separator: "\n"))
        }
    }
}

/// One run, and whether it was the same the second time.
struct PlayedRun: Sendable {
    let report: RunReport
    var difference: String?
    var picture: Picture?

    init(_ report: RunReport, difference: String? = nil) {
        (self.report, self.difference) = (report, difference)
    }
}
