import Glibc
import Node
import Replica
import Simulation

/// The program: finds the command, runs it, and says in words and by exit code how that went.
enum Atoll {
    static let version = "0.1.0"

    static let commands: [Command] = [
        .demo, .initialize, .invite, .join, .revoke, .fence, .mint, .handover, .generate, .import, .exchange, .check, .show,
        .sql, .delta,
        .backup, .restore, .serve, .status, .doctor, .simulate, .bench, .versionCommand, .helpCommand,
    ]

    /// - Parameter words: the command line without the program's name.
    static func run(_ words: [String]) -> ExitCode {
        Interruption.install()
        do {
            try dispatch(words)
            return .success
        } catch is BrokenPipe {
            return .success
        } catch is Interrupted {
            Diagnostics.line("atoll: interrupted")
            return .interrupted
        } catch {
            let failure = CommandError(describing: error)
            Diagnostics.line("atoll: \(failure.description)")
            return failure.code
        }
    }

    static func help() -> String {
        let rows = commands.map { [$0.name, $0.summary] }
        let shop = Command.subjects.map { subject in
            [
                subject,
                Command.shop.filter { $0.name.hasPrefix(subject + " ") }.map { String($0.name.dropFirst(subject.count + 1)) }
                    .joined(separator: ", "),
            ]
        }
        let lines =
            ["Atoll: an offline-first sync engine for retail chains.", "", "Usage: atoll COMMAND [OPTIONS]", "", "Commands:"]
            + TextTable(rows).lines(indent: 2)
            + ["", "The shop:"] + TextTable(shop).lines(indent: 2)
            + [
                "", "Each command has a help of its own: atoll COMMAND --help", "",
                "Exit codes: 0 done, 1 what was asked for does not hold, 2 wrong usage or what the shop refuses, 3 bad input,",
                "4 storage trouble, 130 interrupted.", "",
                "A first try:", "  atoll generate --size tiny --out sales.jsonl", "  atoll import sales.jsonl --dir chain",
                "  atoll exchange --dir chain", "  atoll check --dir chain", "  atoll show stock --dir chain --replica HQ",
            ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func dispatch(_ words: [String]) throws {
        guard let name = words.first else {
            Diagnostics.write(help())
            throw CommandError.usage("name a command.")
        }
        if ["--help", "-h"].contains(name) { return try print(help()) }
        if name == "--version" { return try print("atoll \(version)\n") }
        let (command, rest) = try command(named: name, words.dropFirst())
        if Arguments.asksForHelp(rest) { return try print(command.help) }
        try command.run(try Arguments(rest, for: command))
    }

    /// Finds a command, of one word or two.
    private static func command(named name: String, _ words: ArraySlice<String>) throws -> (Command, rest: [String]) {
        if let command = commands.first(where: { $0.name == name }) { return (command, Array(words)) }
        guard Command.subjects.contains(name) else {
            let hint = suggestion(name, among: commands.map(\.name) + Command.subjects)
            throw CommandError.usage("there is no command \"\(name.printable)\"\(hint).\nSee: atoll help")
        }
        let verbs = Command.shop.filter { $0.name.hasPrefix(name + " ") }
        guard let verb = words.first, !verb.hasPrefix("-") else {
            let list = TextTable(verbs.map { [$0.name, $0.summary] }).lines(indent: 2).joined(separator: "\n")
            guard words.first == "--help" || words.first == "-h" else {
                throw CommandError.usage("say what is to be done:\n\(list)")
            }
            return (overview(of: name, list), [])
        }
        guard let command = verbs.first(where: { $0.name == "\(name) \(verb)" }) else {
            let hint = suggestion(verb, among: verbs.map { String($0.name.dropFirst(name.count + 1)) })
            throw CommandError.usage("\(name) does not know \"\(verb.printable)\"\(hint).\nSee: atoll \(name) --help")
        }
        return (command, Array(words.dropFirst()))
    }

    private static func overview(of subject: String, _ list: String) -> Command {
        Command(name: subject, summary: "", examples: []) { _ in
            try print(
                "Usage: atoll \(subject) VERB ...\n\n\(list)\n\nEach has a help of its own: atoll \(subject) VERB --help\n")
        }
    }

    static func print(_ text: String) throws {
        let output = Output()
        try output.write(text)
        try output.flush()
    }
}

extension Command {
    static let versionCommand = Command(
        name: "version", summary: "Print the program's version.", examples: ["atoll version"]
    ) { _ in try Atoll.print("atoll \(Atoll.version)\n") }

    static let helpCommand = Command(
        name: "help", summary: "Explain the program, or one command.",
        operands: [Operand(name: "COMMAND", help: "one of the commands", isRequired: false)],
        examples: ["atoll help", "atoll help import"]
    ) { arguments in
        guard let name = arguments.operands.first else { return try Atoll.print(Atoll.help()) }
        guard let command = Atoll.commands.first(where: { $0.name == name }) else {
            let hint = suggestion(name, among: Atoll.commands.map(\.name))
            throw CommandError.usage("there is no command \"\(name.printable)\"\(hint).\nSee: atoll help")
        }
        try Atoll.print(command.help)
    }
}
