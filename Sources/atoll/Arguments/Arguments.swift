/// What a command was called with, checked against what it takes: `--name value`, `--name=value`, `--flag`, and operands;
/// behind `--` everything is an operand.
struct Arguments {
    private let command: Command
    private var values: [String: String] = [:]
    private var flags: Set<String> = []
    private(set) var operands: [String] = []

    /// - Throws: `CommandError` that names the argument and what is possible instead.
    init(_ words: [String], for command: Command) throws(CommandError) {
        self.command = command
        var rest = words[...]
        var onlyOperands = false
        while let word = rest.popFirst() {
            if onlyOperands || !word.hasPrefix("-") || word == "-" || Int64(word) != nil {
                operands.append(word)
            } else if word == "--" {
                onlyOperands = true
            } else {
                try take(option: word, &rest)
            }
        }
        try checkCounts()
    }

    /// Whether the words ask for help before anything else.
    static func asksForHelp(_ words: [String]) -> Bool {
        words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    }

    func has(_ flag: String) -> Bool { flags.contains(flag) }

    func value(_ name: String) -> String? { values[name] }

    /// The value of an option that the command requires.
    func required(_ name: String) throws(CommandError) -> String {
        guard let value = values[name] else { throw missing("--\(name)") }
        return value
    }

    /// A whole number, 0 or more.
    func number(_ name: String) throws(CommandError) -> UInt64? {
        guard let text = values[name] else { return nil }
        guard let number = UInt64(text) else {
            throw wrong("--\(name) takes a whole number from 0 to \(UInt64.max), not \"\(text)\"")
        }
        return number
    }

    /// One of a few words.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws(CommandError) -> Choice where Choice.RawValue == String {
        let text = try required(name)
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue)
            throw wrong("--\(name) takes \(known.joined(separator: ", ")), not \"\(text)\"\(suggestion(text, among: known))")
        }
        return choice
    }

    private mutating func take(option word: String, _ rest: inout ArraySlice<String>) throws(CommandError) {
        let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        guard word.hasPrefix("--"), let option = command.options.first(where: { $0.name == name }) else {
            let known = command.options.map { "--\($0.name)" } + ["--help"]
            let given = word.split(separator: "=", maxSplits: 1).first ?? word[...]
            throw wrong("\(command.name) has no option \"\(given)\"\(suggestion("--\(name)", among: known))")
        }
        guard values[name] == nil, !flags.contains(name) else { throw wrong("--\(name) was given twice") }
        guard option.value != nil else {
            guard parts.count == 1 else { throw wrong("--\(name) takes no value") }
            flags.insert(name)
            return
        }
        if parts.count == 2 {
            values[name] = String(parts[1])
        } else if let value = rest.popFirst() {
            values[name] = value
        } else {
            throw wrong("--\(name) needs a value: --\(name) \(option.value ?? "")")
        }
        if values[name]?.isEmpty == true { throw wrong("--\(name) needs a value that is not empty") }
    }

    private func checkCounts() throws(CommandError) {
        let required = command.operands.filter(\.isRequired)
        if operands.count < required.count { throw missing(required[operands.count].name) }
        if operands.count > command.operands.count {
            throw wrong("\(command.name) does not know what to do with \"\(operands[command.operands.count])\"")
        }
        for option in command.options where option.isRequired && values[option.name] == nil {
            throw missing("--\(option.name) \(option.value ?? "")")
        }
    }

    private func missing(_ name: String) -> CommandError { wrong("\(name) is missing") }

    private func wrong(_ problem: String) -> CommandError {
        .usage("\(problem).\nUsage: \(command.usage)\nSee: atoll \(command.name) --help")
    }
}

/// " (did you mean ...?)" if one of the known words is close enough, or nothing.
func suggestion(_ word: String, among known: [String]) -> String {
    let nearest = known.map { (word: $0, distance: editDistance(word, $0)) }.min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= max(2, word.count / 3) else { return "" }
    return " (did you mean \(nearest.word)?)"
}

/// How many characters must be put in, taken out or changed to get from one word to the other (Levenshtein, 1966).
private func editDistance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.prefix(64)), Array(right.prefix(64)))
    var row = Array(0...right.count)
    for (index, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for other in right.indices {
            let change = diagonal + (right[other] == character ? 0 : 1)
            diagonal = row[other + 1]
            row[other + 1] = min(change, diagonal + 1, row[other] + 1)
        }
    }
    return row[right.count]
}
