/// Every connection between two machines breaks, and both are told; what was on its way is lost.
struct TearLine: Act {
    static let kind = "tear_line"

    let one: Int
    let other: Int

    var nodes: [Int] { [one, other] }

    func perform(in laboratory: Laboratory) throws -> Bool { laboratory.world.tear(between: one, other) }
}
