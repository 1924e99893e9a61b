/// A file's bytes, and which line and column each of them stands in.
struct SourceText {
    let path: String
    let bytes: [UInt8]
    /// Behind the byte order mark, if there is one.
    let start: Int

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    /// How much of a long line is shown before the column, and in all.
    private static let excerptLead = 60
    private static let excerptLength = 100

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        start = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    }

    /// The line that holds the byte at `offset`, counted from 1.
    func line(at offset: Int) -> Int {
        bytes[..<offset].count { $0 == lineFeed } + 1
    }

    /// - Parameter fault: of this text.
    func error(_ fault: SourceFault) -> ScenarioError {
        let lineStart = bytes[start..<max(start, fault.offset)].lastIndex(of: lineFeed).map { $0 + 1 } ?? start
        let lead = String(decoding: bytes[lineStart..<max(lineStart, fault.offset)], as: UTF8.self)
        let rest = String(decoding: bytes[max(lineStart, fault.offset)...].prefix { $0 != lineFeed }, as: UTF8.self)
        let shownLead = lead.suffix(Self.excerptLead)
        let shownRest = (rest.last == "\r" ? rest.dropLast() : rest[...]).prefix(Self.excerptLength - shownLead.count)
        return ScenarioError(
            path: path, line: line(at: fault.offset), column: lead.count + 1, problem: fault.problem,
            excerpt: String((shownLead + shownRest).map { $0 == "\t" ? " " : $0 }).printable,
            caretOffset: shownLead.count)
    }
}

private let lineFeed = UInt8(ascii: "\n")
