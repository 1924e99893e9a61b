/// How long files and functions may be. Past the aim, look for the second thing that they do; past the limit, find it.
struct LengthRule {
    struct Bound {
        let aim: Int
        let limit: Int
    }

    var file = Bound(aim: 300, limit: 450)
    var function = Bound(aim: 50, limit: 90)

    /// - Returns: what is longer than it should be, and what is longer than it may be.
    func findings(in source: SourceFile) -> (longish: [Finding], tooLong: [Finding]) {
        var (longish, tooLong): ([Finding], [Finding]) = ([], [])
        func judge(_ what: String, _ lines: Int, at line: Int, by bound: Bound) {
            let finding = Finding(
                path: source.path, line: line,
                message: "\(what) has \(lines) lines; the aim is \(bound.aim), the limit \(bound.limit)")
            if lines > bound.limit { tooLong.append(finding) } else if lines > bound.aim { longish.append(finding) }
        }
        judge("the file", source.lines.last == "" ? source.lines.count - 1 : source.lines.count, at: 1, by: file)
        for body in FunctionBodies(source).bodies {
            let name = source.lines[body.lowerBound - 1].drop { $0 == " " }
            judge("`\(name)`", body.count, at: body.lowerBound, by: function)
        }
        return (longish, tooLong)
    }
}

/// Where the functions, initializers, deinitializers and subscripts of a file begin and end, by line.
struct FunctionBodies {
    private(set) var bodies: [ClosedRange<Int>] = []

    private static let keywords: Set = ["func", "init", "deinit", "subscript"]
    /// What can follow a declaration without a body, as in a protocol.
    private static let others: Set = ["var", "let", "case", "static", "associatedtype", "typealias", "mutating"]

    init(_ source: SourceFile) {
        let tokens = Self.tokens(of: source)
        for (index, token) in tokens.enumerated() where Self.keywords.contains(token.text) {
            guard index == 0 || tokens[index - 1].text != "." else { continue }
            if let end = Self.end(of: tokens[(index + 1)...]) { bodies.append(token.line...end) }
        }
    }

    /// The line of the brace that closes the first body of what follows; nil if it has none.
    private static func end(of tokens: ArraySlice<Token>) -> Int? {
        var (depth, braces) = (0, 0)
        for token in tokens {
            switch token.text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0 || braces > 0: braces += 1
            case "}" where braces > 0:
                braces -= 1
                if braces == 0 { return token.line }
            case "}" where depth == 0: return nil
            default:
                let isNext = keywords.contains(token.text) || others.contains(token.text)
                if isNext, depth == 0, braces == 0 { return nil }
            }
        }
        return nil
    }

    private struct Token {
        let text: String
        let line: Int
    }

    /// Words, and each other sign by itself.
    private static func tokens(of source: SourceFile) -> [Token] {
        source.codeLines.flatMap { number, text in
            var tokens: [Token] = []
            var word = ""
            for character in text {
                if character.isLetter || character.isNumber || character == "_" {
                    word.append(character)
                    continue
                }
                if !word.isEmpty { tokens.append(Token(text: word, line: number)) }
                word = ""
                if !character.isWhitespace { tokens.append(Token(text: String(character), line: number)) }
            }
            if !word.isEmpty { tokens.append(Token(text: word, line: number)) }
            return tokens
        }
    }
}
