/// The program of a machine is killed; its machine hangs up, and loses nothing that was written.
struct KillProgram: Act {
    static let kind = "kill"

    let node: Int

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard laboratory.world.nodes[node].isOn else { return false }
        laboratory.world.kill(node)
        return true
    }
}
