/// A phrase that some code must not hold, and why.
struct PhraseRule {
    let phrase: String
    let reason: String
    /// A call is fine if this stands among its arguments.
    var unlessArgument: String?

    func findings(in file: SourceFile) -> [Finding] {
        file.occurrences(of: phrase).compactMap { range in
            if let unlessArgument, file.arguments(from: range.upperBound - 1).contains(unlessArgument) { return nil }
            return Finding(path: file.path, line: file.line(at: range.lowerBound), message: "\(phrase): \(reason)")
        }
    }
}

extension [PhraseRule] {
    func findings(in file: SourceFile) -> [Finding] { flatMap { $0.findings(in: file) } }

    private static func rules(_ phrases: [String], _ reason: String) -> [PhraseRule] {
        phrases.map { PhraseRule(phrase: $0, reason: reason) }
    }

    /// The targets that take time, bytes and randomness as arguments, so that the simulator can run them by a seed.
    static let deterministicTargets: Set<String> = ["CRDT", "Replica", "Sync", "Retail", "Simulation"]

    static let deterministic: [PhraseRule] =
        rules(
            [
                "Date(", "Date.now", "ContinuousClock", "SuspendingClock", "DispatchTime", "DispatchWallTime", "ProcessInfo",
                "clock_gettime", "gettimeofday", "time(nil)",
            ], "reads a clock; time is an argument")
        + rules(
            [
                "SystemRandomNumberGenerator", "UUID()", "RAND_bytes", "RAND_priv_bytes", "getentropy", "getrandom(",
                "arc4random", "rand()", "random()", "drand48()", ".randomElement()", ".shuffled()", ".shuffle()",
            ], "draws randomness that no seed gives; a generator is an argument")
        + [".random(", ".randomElement(", ".shuffled(", ".shuffle("].map {
            PhraseRule(
                phrase: $0, reason: "draws randomness that no seed gives; a generator is an argument",
                unlessArgument: "using:")
        }
        + rules([".hashValue", "Hasher()"], "differs from one process to the next")
        + rules(["sleep(", "usleep(", "nanosleep(", "await", "Task {", "Task."], "waits; the engine never does")
        + rules(["getenv", "secure_getenv", "setenv"], "reads the environment; settings are arguments")
        + rules(["socket(", "getaddrinfo("], "opens a socket; the network is outside")
        + rules(["print(", "debugPrint(", "dump(", "NSLog("], "prints; what is to be said is returned")

    /// For everything that ships.
    static let product: [PhraseRule] =
        rules(["try!", "as!"], "traps on what should be thrown")
        + rules(["fatalError("], "make the state unrepresentable, throw, or state a precondition")
        + rules(["@testable"], "tests see what other targets see")

    /// For the manifest: what the toolchain and the system do not bring is not built upon.
    static let manifest: [PhraseRule] =
        rules([".package(", ".binaryTarget("], "no package is depended on, now or later")

    /// For the tests.
    static let tests: [PhraseRule] =
        rules(["@testable"], "tests see what other targets see")
        + rules(["sleep("], "a test that waits is slow or flaky; time is an argument")
        + rules(["XCTest", "withKnown" + "Issue"], "tests are Swift Testing's, and all of them count")
        + rules(["enabled(if: false)"], "a test that is switched off proves nothing")
}

/// Tests that are switched off: allowed in debug builds alone, where some would take minutes.
struct DisabledTestRule {
    static let phrase = "." + "disabled("

    func findings(in file: SourceFile) -> [Finding] {
        file.occurrences(of: Self.phrase).map { file.line(at: $0.lowerBound) }
            .filter { line in !isForDebugOnly(line, file) }
            .map { Finding(path: file.path, line: $0, message: "a test that is switched off proves nothing") }
    }

    /// Whether the nearest conditional above is `#if DEBUG`.
    private func isForDebugOnly(_ line: Int, _ file: SourceFile) -> Bool {
        file.codeLines[..<(line - 1)].last { $0.text.contains("#") }
            .map { $0.text.split(separator: " ") == ["#if", "DEBUG"] } ?? false
    }
}
