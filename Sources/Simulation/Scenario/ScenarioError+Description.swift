extension ScenarioError: CustomStringConvertible {
    /// `path:line:column: message` in one line without control characters, as editors and terminals make links of.
    public var description: String { "\(path.printable):\(line):\(column): \(message)" }

    /// What is wrong, for a person.
    public var message: String { problem.description }

    /// The line of text with a caret below the column, for terminals; two lines without a final line break.
    ///
    /// The caret is off by what characters of double width, as in Chinese, stand before it.
    public var illustration: String { excerpt + "\n" + String(repeating: " ", count: caretOffset) + "^" }
}

extension ScenarioError.Problem: CustomStringConvertible {
    /// What is wrong, for a person: one line without control characters.
    public var description: String {
        switch self {
        case .oversized(let what, let bytes, let limit): "\(what) has \(bytes) bytes, more than \(limit)"
        case .notUTF8: "the text is not UTF-8"
        case .syntax(let expected, let found): "expected \(expected), found \(found)"
        case .tooDeep(let limit): "arrays and objects are nested more than \(limit) deep"
        case .unrepresentable(let number): "no 64-bit integer or Double can hold \(number.excerpt)"
        case .repeatedKey(let key, let line): "key \(key.quoted) stands in this object already, on line \(line)"
        case .unknownKey(let key, let suggestion, let known):
            "unknown key \(key.quoted)" + Self.alternatives(suggestion, known)
        case .unknownValue(let value, let suggestion, let known):
            "unknown value \(value.quoted)" + Self.alternatives(suggestion, known)
        case .missingKey(let key): "missing key \(key.quoted)"
        case .missingElement(let index): "the array ends before its element \(index + 1), which is needed"
        case .unreadElement(let read): "unknown element; the array has \(read) at most"
        case .wrongType(let expected, let found): "expected \(expected), found \(found)"
        case .outOfRange(let number, let allowed): "\(number) is out of range: \(allowed)"
        case .inexact(let number, let type): "\(type) cannot hold \(number) exactly"
        case .refused(let reason): reason.printable
        }
    }

    private static func alternatives(_ suggestion: String?, _ known: [String]) -> String {
        let list = known.map(\.printable).joined(separator: ", ")
        return switch (suggestion, known.isEmpty) {
        case (let suggestion?, true): "; did you mean \(suggestion.quoted)?"
        case (let suggestion?, false): "; did you mean \(suggestion.quoted)? Known are: \(list)"
        case (nil, true): ""
        case (nil, false): "; known are: \(list)"
        }
    }
}
