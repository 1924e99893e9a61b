import Foundation
import Simulation
import Synchronization

/// Plays all seeds of all scenarios on all cores, and says what came of it.
struct SimulationRun {
    var secondsLimit: Double?
    var isJSON = false
    var isQuiet = false
    var checksDeterminism = false
    private let files: [ScenarioFile]
    private let seeds: ClosedRange<UInt64>
    private let watch = Stopwatch()
    private var results: [ScenarioResult] = []

    init(_ files: [ScenarioFile], seeds: ClosedRange<UInt64>) {
        (self.files, self.seeds) = (files, seeds)
    }

    mutating func run() throws {
        let output = Output()
        for file in files {
            var result = ScenarioResult(file, isComplete: true)
            var progress = ProgressLine("played", "runs of \(file.name)", total: seeds.count, isQuiet: isQuiet)
            // As many at once as there are cores, so that what is found is told while the others go on.
            let width = UInt64(ProcessInfo.processInfo.activeProcessorCount)
            var next = seeds.lowerBound
            while next <= seeds.upperBound {
                try Interruption.check()
                guard secondsLimit.map({ watch.seconds < $0 }) ?? true else {
                    result.isComplete = false
                    break
                }
                let last = min(seeds.upperBound, next.addingReportingOverflow(width - 1).partialValue)
                let end = last < next ? seeds.upperBound : last
                for report in try play(file, Array(next...end)) {
                    result.add(report)
                    if isJSON { try output.line(try Self.json(report, of: file)) }
                }
                try output.flush()
                progress.update(result.tally.runs)
                guard end < UInt64.max else { break }
                next = end + 1
            }
            progress.finish()
            if !isJSON, !isQuiet { for line in result.lines { try output.line(line) } }
            try output.flush()
            results.append(result)
        }
    }

    private func play(_ file: ScenarioFile, _ seeds: [UInt64]) throws -> [PlayedRun] {
        let runs = Mutex<[Int: Result<PlayedRun, any Error>]>([:])
        let checksDeterminism = checksDeterminism
        DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
            let run = Result {
                checksDeterminism
                    ? try TwinRun.play(file, seed: seeds[index])
                    : PlayedRun(
                        try RunReport(playing: Plan(file.scenario, seed: seeds[index]), checking: Interruption.check))
            }
            runs.withLock { $0[index] = run }
        }
        return try seeds.indices.compactMap { index in try runs.withLock { $0[index] }?.get() }
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

    init(_ report: RunReport, difference: String? = nil) {
        (self.report, self.difference) = (report, difference)
    }
}
