/// What must stand nowhere in a file, comments and strings included.
///
/// The words are put together here, because this file is read like all others.
struct TextRule {
    let words: [String]
    let reason: String
    /// Whether a word counts only by itself, and not inside another.
    let isWhole: Bool

    /// Work that someone meant to come back to.
    static let unfinished = TextRule(
        words: ["todo", "fixme", "xxx", "hack"].map { $0.uppercased() },
        reason: "unfinished work belongs into an issue, not into the code", isWhole: true)

    /// Paths that exist on somebody's machine.
    static let machine = TextRule(
        words: ["work", "farm", "tmp", "home", "Users"].map { "/\($0)/" },
        reason: "a path of one machine; take it as an argument", isWhole: false)

    func findings(in file: SourceFile) -> [Finding] {
        file.lines.enumerated().flatMap { index, line in
            words.filter { holds(line, $0) }.map { word in
                Finding(path: file.path, line: index + 1, message: "\(word): \(reason)")
            }
        }
    }

    private func holds(_ line: String, _ word: String) -> Bool {
        guard isWhole else { return line.contains(word) }
        return line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { $0 == word }
    }
}
