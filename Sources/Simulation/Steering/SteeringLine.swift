/// A line that somebody has typed, word by word.
struct SteeringLine {
    private let text: String
    private let stores: Int
    private let neighbours: Neighbours
    /// Behind the first word.
    private var words: ArraySlice<Substring>

    /// What a piece costs in a sale that was typed, in minor units.
    private static let price: Int64 = 100

    init(_ text: String, in plan: Plan) {
        (self.text, stores, neighbours) = (text, plan.stores, plan.neighbours)
        words = text.split { $0 == " " || $0 == "\t" }[...]
    }

    /// - Returns: nil if nothing was typed, or what stands behind a `#`.
    mutating func command() throws(SteeringError) -> SteeringCommand? {
        guard let name = words.popFirst(), !name.hasPrefix("#") else { return nil }
        if name.hasPrefix("{") { return .act([try TypedAct.read(text, stores: stores)]) }
        let command = try command(String(name))
        if let word = words.first { throw SteeringError("I do not know what to do with \(String(word).quoted).") }
        return command
    }

    private mutating func command(_ name: String) throws(SteeringError) -> SteeringCommand {
        switch name {
        case "run": return .run(milliseconds: try time())
        case "cut": return .act(try cut())
        case "heal": return .heal(takes("all") ? nil : try line())
        case "tear":
            let line = try line()
            return .act([TearLine(one: line.one, other: line.other)])
        case "kill": return .act([KillProgram(node: try machine())])
        case "power": return .act([LosePower(node: try machine(), keeping: try survival())])
        case "start": return .act([SwitchOn(node: try machine())])
        case "pause": return .act([PauseMachine(node: try machine(), milliseconds: try time())])
        case "sell": return .act([try checked(sale())])
        case "receive": return .act([try checked(delivery())])
        case "show": return .show(node: words.isEmpty ? nil : try machine())
        case "settle": return .settle
        case "save": return .save(path: try rest("the file to write"))
        case "help": return .help
        case "quit": return .quit
        default:
            let hint = Self.names.nearest(to: name).map { "; did you mean \($0.quoted)?" } ?? "."
            throw SteeringError("There is no \(name.quoted)\(hint) \"help\" says what can be typed.")
        }
    }

    private static let names = [
        "run", "cut", "heal", "tear", "kill", "power", "start", "pause", "sell", "receive", "show", "settle", "save", "help",
        "quit",
    ]

    private mutating func cut() throws(SteeringError) -> [any Act] {
        let line = try line()
        let there = ChangeLine(from: line.one, to: line.other, cut: true)
        return takes("one-way") ? [there] : [there, ChangeLine(from: line.other, to: line.one, cut: true)]
    }

    private mutating func sale() throws(SteeringError) -> Sell {
        let (node, order) = (try machine(), try word("the order's id"))
        let lines = try pieces().map { Sell.Line(sku: $0.sku, quantity: $0.count, price: Self.price) }
        return Sell(node: node, order: order, customer: nil, lines: lines, points: 0)
    }

    private mutating func delivery() throws(SteeringError) -> Receive {
        let (node, receipt) = (try machine(), try word("the receipt's id"))
        return Receive(node: node, receipt: receipt, lines: try pieces().map { Receive.Line(sku: $0.sku, quantity: $0.count) })
    }

    private mutating func pieces() throws(SteeringError) -> [(sku: String, count: Int64)] {
        var pieces: [(sku: String, count: Int64)] = []
        repeat {
            let (sku, text) = (try word("an article"), try word("how many of it"))
            guard let count = Int64(text) else { throw SteeringError("\(text.quoted) is no whole number of pieces.") }
            pieces.append((sku, count))
        } while !words.isEmpty
        return pieces
    }

    private func checked<Some: Act>(_ act: Some) throws(SteeringError) -> Some {
        if let flaw = act.flaw { throw SteeringError("That cannot be: \(flaw).") }
        return act
    }

    // MARK: Words

    private mutating func word(_ meaning: String) throws(SteeringError) -> String {
        guard let word = words.popFirst() else { throw SteeringError("Behind that comes \(meaning); see \"help\".") }
        return String(word)
    }

    /// What is left of the line, with the spaces in it.
    private mutating func rest(_ meaning: String) throws(SteeringError) -> String {
        guard let first = words.first, let last = words.last else { return try word(meaning) }
        words = []
        return String(text[first.startIndex..<last.endIndex])
    }

    private mutating func takes(_ word: String) -> Bool {
        guard words.first.map(String.init) == word else { return false }
        words.removeFirst()
        return true
    }

    private mutating func machine() throws(SteeringError) -> Int {
        let text = try word("a machine, 0 (HQ) to \(stores)")
        guard let number = Int(text), (0...stores).contains(number) else {
            throw SteeringError("\(text.quoted) is no machine: they are 0 (HQ) to \(stores).")
        }
        return number
    }

    private mutating func line() throws(SteeringError) -> (one: Int, other: Int) {
        let (one, other) = (try machine(), try machine())
        guard one != other else { throw SteeringError("A line is between two machines.") }
        guard min(one, other) == 0 || neighbours[min(one, other)].contains(max(one, other)) else {
            throw SteeringError("There is no line between \(one) and \(other): neither of these stores dials the other.")
        }
        return (one, other)
    }

    private mutating func survival() throws(SteeringError) -> Survival {
        guard let text = words.popFirst().map(String.init) else { return .nothing }
        guard let survival = Survival(rawValue: text) else {
            let known = Survival.allCases.map(\.rawValue).joined(separator: ", ")
            throw SteeringError("\(text.quoted) is nothing that a disk keeps: it keeps \(known).")
        }
        return survival
    }

    /// Behind a unit there is nothing that could be mistaken.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    private mutating func time() throws(SteeringError) -> Int64 {
        let text = try word("a time, as 500ms, 30s, 10m or 2h")
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = Self.units.first { $0.name == text.dropFirst(digits.count) }
        guard let unit, let count = Int64(digits), (1...86_400_000 * 366 / unit.milliseconds).contains(count) else {
            throw SteeringError("\(text.quoted) is no time: one is written as 500ms, 30s, 10m or 2h, and is a year at most.")
        }
        return count * unit.milliseconds
    }
}

/// An act as it stands in a scenario's events, but for its time: it happens now.
private struct TypedAct: Decodable {
    let act: any Act

    init(from decoder: any Decoder) throws {
        act = try decoder.kind(outOf: Acts.all, name: { $0.kind }).init(from: decoder)
        if let flaw = act.flaw { throw decoder.refusal(flaw) }
    }

    static func read(_ text: String, stores: Int) throws(SteeringError) -> any Act {
        let act: any Act
        do {
            act = try StrictJSON.decode(TypedAct.self, from: Array(text.utf8), named: "").act
        } catch {
            let mistakes = error.errors.map { "\($0.message) (column \($0.column))" }
            throw SteeringError("That is no act: \(mistakes.joined(separator: "; ")).")
        }
        guard act.nodes.allSatisfy((0...stores).contains) else {
            throw SteeringError("That is about a machine that is none of 0 (HQ) to \(stores).")
        }
        return act
    }
}
