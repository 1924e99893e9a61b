/// The mutants as `Simulations/mutants.md` lists them, and as the sources hold them.
struct MutantList {
    struct Row: Hashable {
        let name: String
        let breaks: String
        let showsWith: String
        let foundBy: String

        /// The scenarios that are tried first; none for one that waits for something, or is equivalent.
        var scenarios: [String] {
            if ["waits for ", "equivalent: "].contains(where: foundBy.hasPrefix) { return [] }
            return foundBy.split(separator: ",").map { String($0.trimmingPrefix(" ")) }
        }
    }

    let rows: [Row]

    /// - Parameter document: tables of four columns; a row with a name in small letters and hyphens is a mutant's.
    init(_ document: String) {
        rows = document.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimming(" ") }
            guard cells.count == 6, cells[1].wholeMatch(of: /[a-z]+(-[a-z]+)+/) != nil else { return nil }
            return Row(name: cells[1], breaks: cells[2], showsWith: cells[3], foundBy: cells[4])
        }
    }

    /// The names that a file asks for.
    static func sites(in file: SourceFile) -> [String] {
        file.lines.filter { !$0.trimming(" ").hasPrefix("///") }
            .flatMap { $0.matches(of: /Mutants\.isOn\("([^"]*)"\)/).map { String($0.output.1) } }
    }

    /// What is wrong with the list, given the files that may hold sites and the names of all scenarios.
    func findings(_ files: [SourceFile], scenarios: Set<String>) -> [String] {
        let sites = Set(files.flatMap(Self.sites))
        let names = rows.map(\.name)
        let twice = Set(names.filter { name in names.count { $0 == name } > 1 })
        return twice.sorted().map { "\($0) is listed twice" }
            + sites.subtracting(names).sorted().map { "\($0) is not listed" }
            + Set(names).subtracting(sites).sorted().map { "\($0) has no site" }
            + rows.filter { [$0.breaks, $0.showsWith, $0.foundBy].contains("") }.map { "\($0.name) is not explained" }
            + rows.flatMap { row in
                row.scenarios.filter { !scenarios.contains($0) }.map { "\(row.name): there is no scenario \($0)" }
            }
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> String {
        String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
    }
}

extension String {
    fileprivate func trimming(_ character: Character) -> String { self[...].trimming(character) }
}
