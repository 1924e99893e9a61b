/// What each target may import. A target exists only where this differs from its neighbour's.
struct ImportRule {
    let allowed: [String: Set<String>]

    /// The house as it stands: a target that is not named here has no leave to import anything.
    static let house: ImportRule = {
        let replica: Set = ["CRDT", "CSQLite", "CCrypto", "CSodium", "CZlib"]
        let sync: Set = ["CRDT", "Replica", "CZlib", "CZstd"]
        let retail: Set = ["CRDT", "Replica"]
        let engine: Set = ["CRDT", "Replica", "Sync", "Retail"]
        let node = engine.union(["Net", "CCrypto", "Foundation", "Glibc", "Synchronization", "Dispatch"])
        let simulation = engine.union(["CSQLite", "CZlib", "CZstd", "CJansson", "Glibc", "Synchronization"])
        let atoll = replica.union(node).union(simulation).union(["Node", "Simulation"])
        return ImportRule(allowed: [
            "CRDT": [], "Replica": replica, "Sync": sync, "Retail": retail,
            "Net": ["COpenSSL", "CLinux", "Glibc", "Synchronization"], "Node": node, "Simulation": simulation,
            "atoll": atoll,
        ])
    }()

    func findings(in file: SourceFile) -> [Finding] {
        let allowed = allowed[file.target] ?? []
        return Self.imports(of: file).filter { !allowed.contains($0.module) }.map { line, module in
            let choice = allowed.isEmpty ? "nothing" : allowed.sorted().joined(separator: ", ")
            return Finding(
                path: file.path, line: line, message: "\(file.target) imports \(module); it may import \(choice)")
        }
    }

    /// The modules that a file imports, however the import is dressed.
    static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        file.codeLines.flatMap { number, text in
            text.split(separator: ";").compactMap { statement in
                var words = statement.split { $0 == " " || $0 == "\t" }[...]
                while let word = words.first, word.hasPrefix("@") || accessLevels.contains(word) { words.removeFirst() }
                guard words.popFirst() == "import" else { return nil }
                if let word = words.first, kinds.contains(word) { words.removeFirst() }
                return words.first.map { (number, String($0.prefix { $0 != "." })) }
            }
        }
    }

    private static let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<Substring> = [
        "class", "enum", "func", "let", "protocol", "struct", "typealias", "var",
    ]
}
