/// One bit of one record changes on the disk of a machine that is off, or the record is not found there any more, if others have
/// all of it: nobody can mend the only copy of anything.
struct RotRow: Act {
    static let kind = "rot_row"

    let node: Int
    /// By key, counted on beyond the last.
    let row: Int
    /// Counted on beyond the row's end.
    let bit: Int
    /// The row is gone.
    var isLost: Bool?

    private enum CodingKeys: String, CodingKey {
        case node, row, bit
        case isLost = "lost"
    }

    var nodes: [Int] { [node] }

    var flaw: String? { row >= 0 && bit >= 0 ? nil : "row and bit are not negative" }

    func perform(in laboratory: Laboratory) throws -> Bool {
        try laboratory.world.rot(isLost == true ? nil : bit, ofRow: row, at: node) { key in
            laboratory.journal.others(holding: key, asHeldBy: node).contains { laboratory.world.nodes[$0].isWhole(key) }
        }
    }
}
