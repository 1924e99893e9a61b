import Foundation
import Simulation

/// The same run in two other processes, where hashes are seeded otherwise: both must do the same, step by step.
enum TwinRun {
    private struct Line: Decodable {
        let run: RunReport
    }

    static func play(_ file: ScenarioFile, seed: UInt64) throws -> PlayedRun {
        let (first, second) = (try once(file, seed), try once(file, seed))
        guard first.trace != second.trace else { return PlayedRun(first) }
        return PlayedRun(
            first,
            difference: "seed \(seed): two runs differ, in \(first.happenings) and \(second.happenings) steps, with the traces "
                + "\(first.trace) and \(second.trace)")
    }

    private static func once(_ file: ScenarioFile, _ seed: UInt64) throws -> RunReport {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["simulate", file.path, "--seed", String(seed), "--json", "--quiet"]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard let line = try? JSONDecoder().decode(Line.self, from: output) else {
            throw CommandError.badInput(
                "a process that should have played \(file.path.printable) ended with exit code \(process.terminationStatus)")
        }
        return line.run
    }
}
