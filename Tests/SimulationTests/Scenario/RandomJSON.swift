import Simulation

/// Valid documents that use all of JSON's grammar: spaces, escapes, every way of writing a number.
enum RandomJSON {
    static func document(using random: inout SeededRandom, depth: Int = 0) -> String {
        let space = space(using: &random)
        return space + value(using: &random, depth: depth) + space
    }

    private static func value(using random: inout SeededRandom, depth: Int) -> String {
        switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &random) {
        case 0: return "null"
        case 1: return Bool.random(using: &random) ? "true" : "false"
        case 2, 3: return number(using: &random)
        case 4, 5: return quoted(text(using: &random), using: &random)
        case 6, 7:
            let elements = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                document(using: &random, depth: depth + 1)
            }
            return "[" + elements.joined(separator: ",") + space(using: &random) + "]"
        default:
            let members = (0..<Int.random(in: 0...4, using: &random)).map { index in
                // The number keeps keys apart.
                let key = quoted("\(index)" + text(using: &random), using: &random)
                return space(using: &random) + key + space(using: &random) + ":"
                    + document(using: &random, depth: depth + 1)
            }
            return "{" + members.joined(separator: ",") + space(using: &random) + "}"
        }
    }

    static func number(using random: inout SeededRandom) -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "\(Int64.random(in: .min ... .max, using: &random))"
        case 1: return "\(UInt64.random(in: .min ... .max, using: &random))"
        case 2:
            return ["0", "9223372036854775808", "18446744073709551615", "-9223372036854775808"]
                .randomElement(using: &random) ?? "0"
        case 3: return "\(Double.random(in: -1...1, using: &random))"
        case 4:
            // Never a whole number: decoders differ in whether that is an integer.
            let fraction = ".\(UInt32.random(in: .min ... .max, using: &random))1"
            return "\(Int32.random(in: .min ... .max, using: &random))" + fraction
        default:
            let mark = ["e-", "E-"].randomElement(using: &random) ?? "e-"
            let exponent = Int.random(in: 0...290, using: &random)
            return "\(Int.random(in: -99...99, using: &random)).5\(mark)0\(exponent)"
        }
    }

    static func text(using random: inout SeededRandom) -> String {
        let alphabet = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\t", "\u{1}", "\u{7F}", "é", "店", "👩‍🍳", "\u{2028}",
        ]
        let count = Int.random(in: 0...6, using: &random)
        return (0..<count).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
    }

    private static func quoted(_ text: String, using random: inout SeededRandom) -> String {
        let escapes: [Unicode.Scalar: String] = [
            "\"": "\\\"", "\\": "\\\\", "/": "\\/", "\n": "\\n", "\t": "\\t",
        ]
        let written = text.unicodeScalars.map { scalar in
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if let escape = escapes[scalar], mustEscape || Bool.random(using: &random) { return escape }
            guard mustEscape || Int.random(in: 0..<4, using: &random) == 0 else { return String(scalar) }
            return String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
        return "\"" + written.joined() + "\""
    }

    private static func space(using random: inout SeededRandom) -> String {
        ["", "", "", " ", "\n", "\t", "\r\n", "  \n\t "].randomElement(using: &random) ?? ""
    }
}
