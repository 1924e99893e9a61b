/// A machine takes in a delta file that was written before, at any machine: late, again, or after its disk was set back.
struct ImportDelta: Act {
    static let kind = "import_delta"

    let node: Int
    let file: String
    /// A store takes in the shelves of others, too, and dials anew, so that it hears of them from then on.
    var takesShelves: Bool?
    /// Files of more records are staged before they are joined; 20,000, if it is not said.
    var recordsAtOnce: Int?

    private enum CodingKeys: String, CodingKey {
        case node, file
        case takesShelves = "shelves"
        case recordsAtOnce = "records_at_once"
    }

    var nodes: [Int] { [node] }

    var flaw: String? { (0...1_000_000).contains(recordsAtOnce ?? 0) ? nil : "records_at_once is 0 to 1000000" }

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard let bytes = laboratory.files[file] else { return false }
        let isNews = try laboratory.importDelta(bytes, self)
        guard isNews, takesShelves == true else { return isNews }
        // A session keeps to the scopes with which it began: of what was taken up now the next ones will speak.
        for other in laboratory.world.partners[node] { laboratory.world.tear(between: node, other) }
        return true
    }
}
