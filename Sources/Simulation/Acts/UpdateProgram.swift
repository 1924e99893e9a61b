/// A program of another version of the protocol is installed on a machine, which goes on with it from where it was.
struct UpdateProgram: Act {
    static let kind = "update"

    let node: Int
    let version: ProgramVersion

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        try laboratory.world.update(node, to: version)
    }
}
