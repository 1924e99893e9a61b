/// A value on its way into a JSON text; members keep the order in which they were written.
indirect enum WrittenValue: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        let key: String
        var value: WrittenValue
    }

    case null
    case boolean(Bool)
    case integer(Int128)
    /// Finite.
    case real(Double)
    case text(String)
    case array([WrittenValue])
    case object([Member])

    /// - Throws: what the value's own `encode(to:)` throws.
    init(_ value: some Encodable) throws {
        let node = WritingNode()
        try value.encode(to: WritingEncoder(node: node))
        self = node.value
    }

    /// In one line: `{"at": 0, "kind": "kill", "node": 1}`.
    var line: String {
        switch self {
        case .null: "null"
        case .boolean(let boolean): "\(boolean)"
        case .integer(let integer): "\(integer)"
        case .real(let real): "\(real)"
        case .text(let text): Self.literal(text)
        case .array(let elements): "[" + elements.map(\.line).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.literal($0.key)): \($0.value.line)" }.joined(separator: ", ") + "}"
        }
    }

    /// The text in quotation marks; what could move a terminal's cursor is escaped.
    private static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
