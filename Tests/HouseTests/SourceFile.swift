/// A Swift file as text, and as code: the same bytes with comments and the contents of strings blanked out, so that a rule
/// about calls does not trip over prose. What is interpolated into a string stays code.
struct SourceFile {
    /// Relative to the package's root, with `/` between names.
    let path: String
    /// Lines as they are written.
    let lines: [String]
    /// As long as the text, line for line.
    let code: [UInt8]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var scrubber = Scrubber(text)
        code = scrubber.scrubbed()
    }

    /// The target that the file belongs to: `CRDT` for `Sources/CRDT/Dot.swift`.
    var target: String {
        let names = path.split(separator: "/")
        return names.count > 2 ? String(names[1]) : ""
    }

    /// Lines of code, counted from 1, without what is blanked out.
    var codeLines: [(number: Int, text: String)] {
        code.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().map { index, line in
            (index + 1, String(decoding: line, as: UTF8.self))
        }
    }

    /// The number of the line that holds a byte of the code, counted from 1.
    func line(at offset: Int) -> Int {
        code[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
    }

    /// Every place where a phrase stands in the code, as bytes.
    ///
    /// A phrase that begins or ends with a letter does so at a word's edge: `Date(` is not found in `update(`.
    func occurrences(of phrase: String) -> [Range<Int>] {
        let phrase = Array(phrase.utf8)
        guard let first = phrase.first, let last = phrase.last, phrase.count <= code.count else { return [] }
        return (0...(code.count - phrase.count)).compactMap { start in
            let end = start + phrase.count
            guard code[start] == first, code[start..<end].elementsEqual(phrase) else { return nil }
            if first.isWordByte, start > 0, code[start - 1].isWordByte { return nil }
            if last.isWordByte, end < code.count, code[end].isWordByte { return nil }
            return start..<end
        }
    }

    /// What stands between a call's parentheses.
    ///
    /// - Parameter open: the offset of the opening one.
    func arguments(from open: Int) -> String {
        var depth = 0
        for offset in open..<code.count {
            if code[offset] == UInt8(ascii: "(") { depth += 1 }
            if code[offset] == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { return String(decoding: code[(open + 1)..<max(offset, open + 1)], as: UTF8.self) }
        }
        return ""
    }
}

extension UInt8 {
    /// Whether the byte can be part of a Swift word; all beyond ASCII count.
    var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}
