/// Links of the documents into the repository: each leads somewhere.
struct LinkRule {
    /// - Parameters:
    ///   - path: the document's, relative to the repository's root.
    ///   - exists: whether something is at a path relative to the root.
    func findings(path: String, text: String, exists: (String) -> Bool) -> [Finding] {
        let folder = path.split(separator: "/").dropLast()
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
            targets(of: line).filter { !exists(resolved($0, from: folder)) }.map {
                Finding(path: path, line: index + 1, message: "nothing is at \($0)")
            }
        }
    }

    /// Where a line's links lead within the repository, without the part behind `#`.
    private func targets(of line: Substring) -> [String] {
        line.split(separator: "](", omittingEmptySubsequences: false).dropFirst()
            .map { String($0.prefix { $0 != ")" && $0 != "#" }) }
            .filter { !$0.isEmpty && !$0.contains("://") }
    }

    private func resolved(_ target: String, from folder: ArraySlice<Substring>) -> String {
        var names = Array(folder)
        for name in target.split(separator: "/") {
            if name == ".." { _ = names.popLast() } else if name != "." { names.append(name) }
        }
        return names.joined(separator: "/")
    }
}
