/// A machine that is off is switched on.
struct SwitchOn: Act {
    static let kind = "switch_on"

    let node: Int

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard !laboratory.world.nodes[node].isOn else { return false }
        try laboratory.world.start(node)
        return true
    }
}
