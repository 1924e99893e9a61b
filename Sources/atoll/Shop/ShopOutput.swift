import Retail

/// Shows what a shop has answered: objects as names and values, lists of objects as tables.
enum ShopOutput {
    static func print(_ value: DeskValue, isJSON: Bool) throws {
        let output = Output()
        if isJSON {
            try output.line(value.json.line)
        } else {
            let lines = lines(of: value)
            if lines.isEmpty { Diagnostics.line("atoll: there is none.") }
            for line in lines { try output.line(line) }
        }
        try output.flush()
    }

    private static func lines(of value: DeskValue) -> [String] {
        switch value {
        case .object(let members):
            let (lists, plain) = (
                members.filter(\.value.isNested),
                members.filter { !$0.value.isNested && ![.nothing, .list([])].contains($0.value) }
            )
            let rows = plain.map { [title($0.name), text($0.value, of: $0.name)] }
            return TextTable(rows).lines()
                + lists.flatMap { member -> [String] in
                    let inner = lines(of: member.value)
                    return inner.isEmpty ? [] : ["", title(member.name)] + inner.map { "  \($0)" }
                }
        case .list(let items):
            guard case .object(let first)? = items.first, items.allSatisfy({ !$0.hasLists }) else {
                return items.flatMap { item in
                    let inner = lines(of: item)
                    return inner.isEmpty ? [] : inner + [""]
                }
            }
            let shown = first.map(\.name).filter { name in items.contains { ($0[name] ?? .nothing) != .nothing } }
            let rows = items.map { item in shown.map { text(item[$0] ?? .nothing, of: $0) } }
            let numbers = shown.indices.filter { column in
                items.allSatisfy { item in
                    switch item[shown[column]] {
                    case .integer?, .nothing?, nil: !moments.contains(shown[column])
                    default: false
                    }
                }
            }
            return TextTable([shown.map { title($0).uppercased() }] + rows, right: Set(numbers)).lines()
        case .nothing: return []
        case .flag, .integer, .text: return [text(value, of: "")]
        }
    }

    private static func title(_ name: String) -> String { name.replacing("_", with: " ") }

    private static func text(_ value: DeskValue, of name: String) -> String {
        switch value {
        case .nothing: "-"
        case .flag(let flag): flag ? "yes" : "no"
        case .integer(let number): moments.contains(name) ? timestamp(number) : "\(number)"
        case .text(let text): text.replacing("\n", with: " | ").printable
        case .list(let items): items.map { Self.text($0, of: "") }.joined(separator: ", ")
        case .object(let members): members.map { "\($0.name) \(Self.text($0.value, of: $0.name))" }.joined(separator: ", ")
        }
    }

    /// What is a time, in milliseconds since 1970.
    private static let moments: Set<String> = [
        "placed", "moved", "counted_at", "closed", "opened", "heard", "settled", "taken",
    ]
}

extension DeskValue {
    fileprivate var isNested: Bool {
        switch self {
        case .object: true
        case .list(let items): items.contains { if case .object = $0 { true } else { false } }
        case .nothing, .flag, .integer, .text: false
        }
    }

    fileprivate var hasLists: Bool {
        if case .object(let members) = self { members.contains(where: \.value.isNested) } else { false }
    }

    fileprivate var json: JSON {
        switch self {
        case .nothing: .null
        case .flag(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        case .list(let items): .array(items.map(\.json))
        case .object(let members): .object(members.map { ($0.name, $0.value.json) })
        }
    }
}
