/// Somebody lets a machine write a delta file, and keeps it.
struct ExportDelta: Act {
    static let kind = "export_delta"

    let node: Int
    /// By what name the file is known from then on; one that had it before is gone.
    let file: String
    /// For which machine it is, as that stands now; without one it holds everything.
    var to: Int?

    var nodes: [Int] { [node] + [to].compactMap(\.self) }

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard let bytes = try laboratory.world.exportDelta(from: node, for: to) else { return false }
        laboratory.files[file] = bytes
        return true
    }
}
