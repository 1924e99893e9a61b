/// A JSON text whose members stand in the order in which they were written.
enum JSON {
    case null
    case boolean(Bool)
    case integer(Int64)
    case real(Double)
    case text(String)
    case array([JSON])
    case object([(String, JSON)])

    static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }
    static func optional(_ value: Int64?) -> JSON { value.map(JSON.integer) ?? .null }
    static func optional(_ value: String?) -> JSON { value.map(JSON.text) ?? .null }

    /// In one line.
    var line: String {
        var result = ""
        write(into: &result)
        return result
    }

    private func write(into result: inout String) {
        switch self {
        case .null: result += "null"
        case .boolean(let value): result += value ? "true" : "false"
        case .integer(let value): result += String(value)
        // JSON knows no infinity.
        case .real(let value): result += value.isFinite ? "\(value)" : "null"
        case .text(let text): Self.write(text, into: &result)
        case .array(let items):
            result += "["
            for (index, item) in items.enumerated() {
                if index > 0 { result += "," }
                item.write(into: &result)
            }
            result += "]"
        case .object(let members):
            result += "{"
            for (index, (name, value)) in members.enumerated() {
                if index > 0 { result += "," }
                Self.write(name, into: &result)
                result += ":"
                value.write(into: &result)
            }
            result += "}"
        }
    }

    private static func write(_ text: String, into result: inout String) {
        result += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        result += "\""
    }
}
