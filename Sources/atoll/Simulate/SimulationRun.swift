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
        var progress = ProgressLine("played", "runs", total: seeds.count * files.count, isQuiet: isQuiet)
        let width = UInt64(ProcessInfo.processInfo.activeProcessorCount)
        var next: UInt64? = seeds.lowerBound
        while let first = next {
            let last = seeds.upperBound - first < width ? seeds.upperBound : first + width - 1
            for index in results.indices {
                try Interruption.check()
                if let secondsLimit, watch.seconds >= secondsLimit { break }
                let begin = watch.seconds
                let runs = try play(files[index], Array(first...last))
                results[index].add(runs, in: watch.seconds - begin)
                if let drawn = runs.last?.picture { picture = drawn }
                if isJSON { for run in runs { try output.line(try Self.json(run, of: files[index])) } }
                try output.flush()
                progress.update(results.reduce(0) { $0 + $1.tally.runs })
            }
            let isOver = secondsLimit.map { watch.seconds >= $0 } ?? false
            next = last == seeds.upperBound || isOver ? nil : last + 1
        }
        progress.finish()
        for index in results.indices {
            results[index].isComplete = results[index].tally.runs == seeds.count
            if !isJSON, !isQuiet { for line in results[index].lines { try output.line(line) } }
        }
        try output.flush()
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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        struct Line: Encodable {
            let scenario: String
            let run: RunReport
        }
        return String(decoding: try encoder.encode(Line(scenario: file.path, run: run.report)), as: UTF8.self)
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
