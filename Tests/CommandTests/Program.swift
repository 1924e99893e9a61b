import Foundation

/// The built program, run as a person or a script runs it.
struct Program {
    struct Outcome {
        let code: Int32
        /// Whether it ended by itself, not by a signal: a crash is one.
        let exited: Bool
        let output: String
        let errors: String
    }

    /// It stands beside the test bundle, whose process this is.
    static let path: String = {
        let process = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return process.deletingLastPathComponent().appending(path: "atoll").path(percentEncoded: false)
    }()

    /// The code of a program that was killed before its end.
    static let killed: Int32 = 137

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - fileSizeKiB: the most that one file may grow to.
    ///   - secondsToLive: after so long it is killed, and the code is `killed`; also if it ended at that very moment, when
    ///     nobody can tell.
    static func run(
        _ words: [String], input: Data = Data(), fileSizeKiB: Int? = nil, secondsToLive: Double? = nil
    ) throws -> Outcome {
        let process = Process()
        if let fileSizeKiB {
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", "ulimit -f \(fileSizeKiB) && exec \"$0\" \"$@\"", path] + words
        } else if let secondsToLive {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
            process.arguments = ["--foreground", "-s", "KILL", "\(max(secondsToLive, 0.001))", path] + words
        } else {
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = words
        }
        // Files, not pipes: neither side can wait for the other.
        let folder = FileManager.default.temporaryDirectory.appending(path: "atoll-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = ["in", "out", "err"].map { folder.appending(path: $0) }
        try input.write(to: names[0])
        for name in names[1...] { try Data().write(to: name) }
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        try process.run()
        process.waitUntilExit()
        let endsAsKilled = secondsToLive != nil && process.terminationStatus == 124
        return Outcome(
            code: endsAsKilled ? killed : process.terminationStatus, exited: process.terminationReason == .exit,
            output: String(decoding: try Data(contentsOf: names[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: names[2]), as: UTF8.self))
    }
}

/// A folder with a chain in it, made by the program from a generated log; gone with its last reference.
final class Chain {
    let folder: String
    var path: String { folder + "/chain" }
    var log: String { folder + "/log.jsonl" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "atoll-chain-\(UUID().uuidString)")
            .path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// - Parameter exchanges: whether the replicas have met.
    static func imported(seed: Int = 1, exchanges: Bool = true) throws -> Chain {
        let chain = try Chain()
        let steps = [
            ["generate", "--size", "tiny", "--seed", "\(seed)", "--out", chain.log],
            ["import", chain.log, "--dir", chain.path], ["exchange", "--dir", chain.path, "--seed", "\(seed)"],
        ]
        for step in steps.prefix(exchanges ? 3 : 2) {
            let outcome = try Program.run(step)
            guard outcome.exited, outcome.code == 0 else { throw Failure(text: outcome.errors) }
        }
        return chain
    }

    struct Failure: Error {
        let text: String
    }

    /// Every file's bytes, by path. Locks hold the last process's number; readers leave an empty log and its index behind.
    func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            guard !["lock", "-shm", "-wal"].contains(where: name.hasSuffix) else { continue }
            contents[name] = FileManager.default.contents(atPath: path + "/" + name) ?? Data()
        }
        return contents
    }

    func run(_ words: String..., input: String = "", fileSizeKiB: Int? = nil) throws -> Program.Outcome {
        try Program.run(words + ["--dir", path], input: Data(input.utf8), fileSizeKiB: fileSizeKiB)
    }
}
