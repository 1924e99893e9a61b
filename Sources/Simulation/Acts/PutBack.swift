/// The last copy of a machine's disk takes the place of what is there, while the machine is off.
struct PutBack: Act {
    static let kind = "put_back"

    let node: Int

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool { laboratory.world.putBack(node) }
}
