import Foundation
import Glibc
import Node

/// A node as a machine runs it: `atoll serve`, a process of its own, which can be killed and started again.
final class NodeProcess {
    let name: String
    let directory: String
    private var process: Process?
    private var client: ControlClient?

    /// - Parameter directory: as `atoll init` or `atoll join` made it.
    init(_ name: String, in directory: String) {
        (self.name, self.directory) = (name, directory)
    }

    deinit { kill() }

    var logPath: String { directory + "/serve.log" }

    var isRunning: Bool { process?.isRunning ?? false }

    /// Its log of all its lives.
    func logLines() throws -> [[String: String]] {
        try String(contentsOfFile: logPath, encoding: .utf8).split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String]
        }
    }

    /// How often its log speaks of an event.
    func count(_ event: String, where matches: ([String: String]) -> Bool = { _ in true }) throws -> Int {
        try logLines().count { $0["event"] == event && matches($0) }
    }

    /// Starts it, unless it runs.
    ///
    /// - Parameter words: behind `serve --dir DIR`.
    func start(_ words: String...) throws {
        guard !isRunning else { return }
        client = nil
        let process = Process()
        process.executableURL = URL(filePath: Program.path)
        process.arguments = ["serve", "--dir", directory] + words
        if !FileManager.default.fileExists(atPath: logPath) {
            _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        }
        let log = try FileHandle(forWritingTo: URL(filePath: logPath))
        try log.seekToEnd()
        process.standardError = log
        try process.run()
        self.process = process
    }

    /// Asks, waiting until the node has come up.
    func ask<Answer: Decodable>(_ method: String, _ parameters: (any Encodable)? = nil) throws -> Answer {
        let data = try parameters.map { try JSONEncoder().encode($0) } ?? Data("{}".utf8)
        do {
            return try JSONDecoder().decode(Answer.self, from: try connected().ask(method, data))
        } catch ControlError.noAnswer {
            client = nil
            throw ControlError.noAnswer
        }
    }

    var status: NodeStatus { get throws { try ask("status") } }

    private func connected() throws -> ControlClient {
        if let client { return client }
        var found: ControlClient?
        _ = try eventually(within: 30) {
            do {
                found = try ControlClient(directory)
            } catch ControlError.noNode {
                guard isRunning else { throw ControlError.noNode(directory: directory) }
            }
            return found != nil
        }
        guard let found else { throw ControlError.noNode(directory: directory) }
        client = found
        return found
    }

    /// Ends it as a power cut of the process would, and waits until it is gone.
    func kill() {
        guard let process else { return }
        if process.isRunning { _ = Glibc.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        (self.process, client) = (nil, nil)
    }

    /// Ends it in a moment, in the middle of whatever it does then.
    func kill(afterMicroseconds wait: Int) {
        guard let process, process.isRunning else { return }
        let number = process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(wait)) { _ = Glibc.kill(number, SIGKILL) }
    }

    /// Asks it to end, and waits for that.
    ///
    /// - Returns: its exit code; less than 0 for the signal that ended it; nil if it did not run.
    @discardableResult
    func terminate() -> Int32? {
        guard let process else { return nil }
        (self.process, client) = (nil, nil)
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// The most that one of its files may grow to from now on, as on a full disk.
    ///
    /// - Parameter limit: in bytes; nil for no bound.
    func limitFileSize(to limit: Int?) throws {
        guard let process else { return }
        let bound = limit.map { "\($0)" } ?? "unlimited"
        let change = try Process.run(
            URL(filePath: "/usr/bin/prlimit"),
            arguments: ["--pid", "\(process.processIdentifier)", "--fsize=\(bound):unlimited"])
        change.waitUntilExit()
        guard change.terminationStatus == 0 else { throw Chain.Failure(text: "prlimit failed") }
    }
}
