/// Blanks out comments, the contents of strings, and names in backticks that are sentences.
///
/// Knows nested comments, interpolation, raw and multi-line strings; no regex literals, which this house does not write.
struct Scrubber {
    private let input: [UInt8]
    private var output: [UInt8]
    private var position = 0

    init(_ text: String) {
        input = Array(text.utf8)
        output = input
    }

    /// As long as the text; line breaks stay where they are.
    mutating func scrubbed() -> [UInt8] {
        passCode(isInterpolated: false)
        return output
    }

    /// Passes code up to its end, or up to the parenthesis that closes an interpolation.
    private mutating func passCode(isInterpolated: Bool) {
        var depth = 0
        while position < input.count {
            if sees("//") {
                blank { $0.sees("\n") }
            } else if sees("/*") {
                blankBlockComment()
            } else if let hashes = hashesBeforeString {
                passString(hashes)
            } else if sees("`") {
                blankSentence()
            } else {
                if sees("(") { depth += 1 }
                if sees(")") {
                    if isInterpolated, depth == 0 { return }
                    depth -= 1
                }
                position += 1
            }
        }
    }

    /// How many `#` stand before a string that begins here; nil if none begins.
    private var hashesBeforeString: Int? {
        let rest = input[position...]
        let hashes = rest.prefix { $0 == UInt8(ascii: "#") }.count
        return rest.dropFirst(hashes).first == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func passString(_ hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        position += hashes
        let quote = sees("\"\"\"") ? "\"\"\"" : "\""
        position += quote.utf8.count
        while position < input.count, !sees(quote + marks) {
            if sees("\n"), quote.utf8.count == 1 { return }
            if sees("\\" + marks + "(") {
                blank(count: hashes + 1)
                position += 1
                passCode(isInterpolated: true)
                position = min(position + 1, input.count)
            } else {
                blank(count: sees("\\" + marks) ? hashes + 2 : 1)
            }
        }
        position = min(position + quote.utf8.count + hashes, input.count)
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                blank(count: 2)
            } else if sees("*/") {
                depth -= 1
                blank(count: 2)
            } else {
                blank(count: 1)
            }
        } while depth > 0 && position < input.count
    }

    /// A single word in backticks is a name like others and stays.
    private mutating func blankSentence() {
        let name = input[(position + 1)...].prefix { $0 != UInt8(ascii: "`") && $0 != UInt8(ascii: "\n") }
        if name.allSatisfy(\.isWordByte) {
            position += name.count + 2
        } else {
            blank(count: name.count + 2)
        }
        position = min(position, input.count)
    }

    private mutating func blank(until isEnd: (Scrubber) -> Bool) {
        while position < input.count, !isEnd(self) { blank(count: 1) }
    }

    private mutating func blank(count: Int) {
        let end = min(position + count, input.count)
        for offset in position..<end where input[offset] != UInt8(ascii: "\n") { output[offset] = UInt8(ascii: " ") }
        position = end
    }

    private func sees(_ text: String) -> Bool {
        input[position...].starts(with: text.utf8)
    }
}
