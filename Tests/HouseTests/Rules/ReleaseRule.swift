/// An initializer that gives something back and fails does so before every property is set: from then on Swift runs `deinit`
/// for a failing initializer, too, and what is given back twice may be somebody else's by then.
///
/// By text alone: behind the last call in an `init` of what a `deinit` of the same file calls, a property is still set.
struct ReleaseRule {
    func findings(in file: SourceFile) -> [Finding] {
        let lines = file.codeLines.map(\.text)
        let bodies = FunctionBodies(file).bodies.map { Array(lines[($0.lowerBound - 1)...($0.upperBound - 1)]) }
        let endings = bodies.filter { Self.words(of: $0[0]).contains("deinit") }
        let releases = Set(endings.flatMap(Self.calls)).subtracting(Self.plain)
        return zip(FunctionBodies(file).bodies, bodies).compactMap { place, body in
            guard Self.words(of: body[0]).contains("init") else { return nil }
            guard let last = body.lastIndex(where: { !releases.isDisjoint(with: Self.calls(in: [$0])) }) else { return nil }
            if body[(last + 1)...].contains(where: { $0.firstMatch(of: #/^\s*(self\.)?\w+ = /#) != nil }) { return nil }
            return Finding(
                path: file.path, line: place.lowerBound + last,
                message: "`deinit` gives this back, too, if all is set when `init` fails; set a property after it")
        }
    }

    /// What stands before a parenthesis without being a call.
    private static let plain: Set<Substring> = ["if", "guard", "for", "while", "switch"]

    private static func words(of line: String) -> Set<Substring> { Set(line.matches(of: /\w+/).map(\.output)) }

    private static func calls(in lines: [String]) -> [Substring] {
        lines.flatMap { line in line.matches(of: /(\w+)\(/).map(\.output.1) }.filter { $0 != "init" }
    }
}
