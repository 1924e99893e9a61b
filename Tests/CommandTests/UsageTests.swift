import Foundation
import Testing

@Suite struct UsageTests {
    @Test(arguments: [
        "init", "invite", "join", "revoke", "generate", "import", "exchange", "check", "show", "sql", "delta", "backup",
        "restore",
        "bench", "version", "help",
    ])
    func `every command explains itself with an example`(_ command: String) throws {
        for words in [[command, "--help"], ["help", command]] {
            let outcome = try Program.run(words)
            #expect(outcome.code == 0)
            #expect(outcome.output.contains("Usage: atoll \(command)"))
            #expect(outcome.output.contains("Examples:\n  atoll "))
        }
    }

    @Test(arguments: [
        ([], "name a command"), (["imprt"], "did you mean import?"), (["import"], "LOG is missing"),
        (["import", "log"], "--dir CHAIN is missing"), (["check", "--dri", "x"], "did you mean --dir?"),
        (["check", "--dir"], "--dir needs a value"), (["check", "--dir="], "--dir needs a value"),
        (["check", "--dir", "a", "--dir", "b"], "given twice"), (["check", "--dir", "a", "--json=1"], "takes no value"),
        (["check", "a", "--dir", "b"], "does not know what to do with \"a\""),
        (["generate", "--size", "tinny"], "did you mean tiny?"),
        (["generate", "--size", "tiny", "--seed", "-1"], "takes a whole number"),
        (["generate", "--size", "tiny", "--seed", "9223372036854775808"], "too large"),
        (["show", "stok", "--dir", "a", "--replica", "HQ"], "did you mean stock?"), (["help", "chek"], "did you mean check?"),
        (["import", "-x", "--dir", "a"], "has no option \"-x\""),
        (["delta", "import", "a", "--dir", "b", "--replica", "HQ", "--for", "c"], "import takes none"),
        (["bench", "nothing"], "Known are: merge, commit, size, delta, wire, diverge"),
    ])
    func `a wrong word is named, with what is possible`(_ words: [String], _ text: String) throws {
        let outcome = try Program.run(words)
        #expect(outcome.exited && outcome.code == 2)
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `the same seed gives the same log, to a file or to standard output`() throws {
        let chain = try Chain()
        let shown = try Program.run(["generate", "--size", "tiny", "--seed=3"])
        #expect(try Program.run(["generate", "--out", chain.log, "--size", "tiny", "--seed", "3"]).code == 0)
        #expect(try String(contentsOfFile: chain.log, encoding: .utf8) == shown.output)
    }

    @Test func `a log that could not be written whole is not there, and an old one stays`() throws {
        let chain = try Chain()
        let words = ["generate", "--size", "tiny", "--out", chain.log]
        let outcome = try Program.run(words, fileSizeKiB: 100)
        #expect(outcome.code == 4)
        #expect(outcome.errors.contains("\(chain.log): the disk is full"), "\(outcome.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: chain.folder).isEmpty)
        try Data("old".utf8).write(to: URL(fileURLWithPath: chain.log))
        #expect(try Program.run(words, fileSizeKiB: 100).code == 4)
        #expect(try String(contentsOfFile: chain.log, encoding: .utf8) == "old")
        let outside = try Program.run(["generate", "--size", "tiny", "--out", chain.folder + "/none/log"])
        #expect(outside.errors.contains("\(chain.folder)/none: there is no such file"), "\(outside.errors)")
        #expect(try Program.run(["generate", "--size", "tiny", "--out", chain.folder]).errors.contains("is a directory"))
    }

    @Test func `a log goes into a pipe, and leaves it one`() throws {
        let (chain, process) = (try Chain(), Process())
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [
            "-c", "mkfifo \"$1\" && { cat \"$1\" > \"$2\" & \"$0\" generate --size tiny --out \"$1\" && wait && [[ -p $1 ]]; }",
            Program.path, chain.folder + "/pipe", chain.log,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let shown = try Program.run(["generate", "--size", "tiny"]).output
        #expect(try String(contentsOfFile: chain.log, encoding: .utf8) == shown)
    }

    @Test func `a reader that stops early ends the program quietly`() throws {
        let process = Process()
        let (chain, errors) = (try Chain(), Pipe())
        try Data().write(to: URL(fileURLWithPath: chain.log))
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", "\"$0\" generate --size small | head -c 10; exit ${PIPESTATUS[0]}", Program.path]
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: chain.log))
        process.standardError = errors
        try process.run()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        #expect(said.isEmpty)
    }
}
