/// What may lie directly in the repository: few names, so that a newcomer sees the whole house from the door.
struct TopLevelRule {
    private static let allowed: Set<Substring> = [
        "Package.swift", "Sources", "Tests", "Protocol", "Simulations", "README.md", "LICENSE",
    ]

    /// - Parameter paths: every file, relative to the repository's root.
    func findings(in paths: [String]) -> [Finding] {
        let names = Set(paths.compactMap { $0.split(separator: "/").first })
        return names.filter { !$0.hasPrefix(".") && !Self.allowed.contains($0) }.sorted().map {
            Finding(path: String($0), line: 1, message: "does not belong at the top level")
        }
    }
}
