/// The last copy of a machine's disk takes the place of what is there, while the machine is off.
struct PutBack: Act {
    static let kind = "put_back"

    let node: Int
    /// The laboratory is not told either: what was acknowledged since then must still be there.
    var isUnnoticed: Bool?

    private enum CodingKeys: String, CodingKey {
        case node
        case isUnnoticed = "unnoticed"
    }

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool { laboratory.putBack(node, isNoticed: isUnnoticed != true) }
}
