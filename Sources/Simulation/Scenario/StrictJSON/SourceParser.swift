/// Reads a JSON text (RFC 8259) into values that know where they stand.
///
/// There is a parser of ours because jansson, which reads recorded logs for us, and Foundation, too, forget the place
/// of a value as soon as it is read; jansson's author declined to add it (issue 272 of akheron/jansson). A file that
/// people write needs the place of a mistake that shows only when the value is used.
struct SourceParser {
    let text: SourceText
    /// The byte to read next.
    var position: Int

    /// Some 80,000 events of a scenario; and values take some tens of times as much memory as their text.
    private static let maximumBytes = 8 << 20
    /// Values nest by recursion here and in decoders, on threads whose stacks may be small.
    private static let maximumDepth = 64

    private init(_ text: SourceText) {
        self.text = text
        position = text.start
    }

    static func parse(_ text: SourceText) throws(SourceFault) -> SourceValue {
        guard text.bytes.count <= maximumBytes else {
            throw SourceFault(
                offset: 0, problem: .oversized(what: "the file", bytes: text.bytes.count, limit: maximumBytes))
        }
        if let offset = text.bytes.firstOffsetThatIsNotUTF8 { throw SourceFault(offset: offset, problem: .notUTF8) }
        var parser = SourceParser(text)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.byte == nil else { throw parser.unexpected(instead: "the end of the file") }
        return value
    }

    /// What stands at the position; nil at the end.
    var byte: UInt8? { position < text.bytes.count ? text.bytes[position] : nil }

    /// Passes the next byte if it is the given one.
    mutating func passes(_ expected: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: expected) else { return false }
        position += 1
        return true
    }

    mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while let byte, isSkipped(byte) { position += 1 }
    }

    private mutating func skipSpace() {
        skip { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    private mutating func value(depth: Int) throws(SourceFault) -> SourceValue {
        skipSpace()
        let offset = position
        let content: SourceValue.Content
        switch byte {
        case UInt8(ascii: "{"): content = .object(try object(depth: depth))
        case UInt8(ascii: "["): content = .array(try array(depth: depth))
        case UInt8(ascii: "\""): content = .text(try string())
        case UInt8(ascii: "-"): content = try number()
        case let digit? where Self.isDigit(digit): content = try number()
        default: content = try literal()
        }
        return SourceValue(offset: offset, content: content)
    }

    private mutating func object(depth: Int) throws(SourceFault) -> SourceObject {
        try enter(depth)
        var object = SourceObject()
        skipSpace()
        if passes("}") { return object }
        while true {
            skipSpace()
            let keyOffset = position
            guard byte == UInt8(ascii: "\"") else { throw unexpected(instead: "a key in quotation marks") }
            let key = try string()
            if let first = object[key] {
                let line = text.line(at: first.keyOffset)
                throw SourceFault(offset: keyOffset, problem: .repeatedKey(key, firstLine: line))
            }
            skipSpace()
            guard passes(":") else { throw unexpected(instead: "a colon") }
            object.append(SourceObject.Member(key: key, keyOffset: keyOffset, value: try value(depth: depth + 1)))
            skipSpace()
            if passes("}") { return object }
            guard passes(",") else { throw unexpected(instead: "a comma or the end of the object") }
        }
    }

    private mutating func array(depth: Int) throws(SourceFault) -> [SourceValue] {
        try enter(depth)
        var elements: [SourceValue] = []
        skipSpace()
        if passes("]") { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if passes("]") { return elements }
            guard passes(",") else { throw unexpected(instead: "a comma or the end of the array") }
        }
    }

    /// Passes the bracket of an array or object that has `depth` others around it.
    private mutating func enter(_ depth: Int) throws(SourceFault) {
        guard depth < Self.maximumDepth else {
            throw SourceFault(offset: position, problem: .tooDeep(limit: Self.maximumDepth))
        }
        position += 1
    }

    private mutating func literal() throws(SourceFault) -> SourceValue.Content {
        let word = word
        let content: SourceValue.Content
        switch word {
        case "true": content = .boolean(true)
        case "false": content = .boolean(false)
        case "null": content = .null
        default: throw unexpected(instead: "a value")
        }
        position += word.utf8.count
        return content
    }

    /// The letters and digits that stand next, as far as a message needs them.
    private var word: String {
        let letters = text.bytes[position...].prefix(40).prefix { byte in
            Self.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// A mistake at the next byte.
    func unexpected(instead expected: String) -> SourceFault {
        let found: String
        if position >= text.bytes.count {
            found = "the end of the file"
        } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            found = "the end of the line"
        } else if let byte, byte < 0x20 {
            found = "control character \(byte)"
        } else if !word.isEmpty {
            found = word.quoted
        } else {
            // A character has no bound of its own; one of any language has far less than 64 bytes.
            let next = String(decoding: text.bytes[position...].prefix(64), as: UTF8.self)
            found = String(next.prefix(1)).quoted
        }
        return SourceFault(offset: position, problem: .syntax(expected: expected, found: found))
    }
}

extension [UInt8] {
    /// Where the first sequence begins that is not UTF-8.
    fileprivate var firstOffsetThatIsNotUTF8: Int? {
        guard String(validating: self, as: UTF8.self) == nil else { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &bytes) { offset += scalar.count }
        return offset
    }
}
