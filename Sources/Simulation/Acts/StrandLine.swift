/// Every connection between two machines carries nothing from now on, and one end is told at most: the other believes in it until
/// it has heard nothing for too long. New connections are as good as ever.
struct StrandLine: Act {
    static let kind = "strand_line"

    let one: Int
    let other: Int
    /// Which of the two hears that it is over; neither, if it is not said.
    var told: Int?

    var nodes: [Int] { [one, other] }

    var flaw: String? { told.map { $0 == one || $0 == other } ?? true ? nil : "told is one of the two machines" }

    func perform(in laboratory: Laboratory) throws -> Bool {
        laboratory.world.strand(between: one, other, telling: told)
    }
}
