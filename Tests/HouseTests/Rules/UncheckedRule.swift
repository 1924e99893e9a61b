/// Whoever switches the compiler's checks of concurrency off says on the lines just above what guards the value instead.
struct UncheckedRule {
    private let phrases = ["@unchecked", "nonisolated(unsafe)", "@preconcurrency"]
    private let guards = ["guard", "lock", "queue", "unchecked", "one thread"]

    func findings(in file: SourceFile) -> [Finding] {
        phrases.flatMap { phrase in
            file.occurrences(of: phrase).map { file.line(at: $0.lowerBound) }
                .filter { line in !guards.contains { comment(above: line, in: file).contains($0) } }
                .map { Finding(path: file.path, line: $0, message: "\(phrase): name the guard in a comment just above") }
        }
    }

    /// The comment that ends on the line above, in lower case. Attributes may stand between.
    private func comment(above line: Int, in file: SourceFile) -> String {
        let above = file.lines[..<(line - 1)].reversed().map { line in String(line.drop { $0 == " " }) }
        return above.drop { $0.hasPrefix("@") }.prefix { $0.hasPrefix("//") }.joined(separator: "\n").lowercased()
    }
}
