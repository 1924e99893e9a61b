/// One of the program's subcommands: what it is called with, what it does, and how to explain it.
struct Command: Sendable {
    struct Option: Sendable {
        let name: String
        /// What stands for the value in the help; nil for a flag.
        let value: String?
        let help: String
        var isRequired = false

        static let json = Option(name: "json", value: nil, help: "print JSON for machines")
        static let quiet = Option(name: "quiet", value: nil, help: "print no progress and no report, only errors")

        static func chain(_ help: String) -> Option {
            Option(name: "dir", value: "CHAIN", help: help, isRequired: true)
        }
    }

    struct Operand: Sendable {
        let name: String
        let help: String
        var isRequired = true
    }

    let name: String
    let summary: String
    var details = ""
    var operands: [Operand] = []
    var options: [Option] = []
    let examples: [String]
    let run: @Sendable (Arguments) throws -> Void
}

extension Command {
    var usage: String {
        var words = ["atoll", name]
        words += operands.map { $0.isRequired ? $0.name : "[\($0.name)]" }
        for option in options {
            let text = "--\(option.name)" + (option.value.map { " \($0)" } ?? "")
            words.append(option.isRequired ? text : "[\(text)]")
        }
        return words.joined(separator: " ")
    }

    var help: String {
        var lines = ["\(summary)", "", "Usage: \(usage)", ""]
        if !details.isEmpty { lines += [details, ""] }
        var rows = operands.map { [$0.name, $0.help] }
        rows += options.map { ["--\($0.name)" + ($0.value.map { " \($0)" } ?? ""), $0.help] }
        rows.append(["--help", "print this help"])
        lines += TextTable(rows).lines(indent: 2)
        lines += ["", "Examples:"] + examples.map { "  \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
