/// The power of a machine fails: nobody is told, and of what was not synced its disk keeps what it keeps.
struct LosePower: Act {
    static let kind = "lose_power"

    let node: Int
    let keeping: Survival

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard laboratory.world.nodes[node].isOn else { return false }
        laboratory.world.losePower(node, keeping: keeping)
        return true
    }
}
