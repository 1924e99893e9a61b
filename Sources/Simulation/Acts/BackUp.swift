/// Somebody copies the disk of a machine; the copy before is thrown away.
struct BackUp: Act {
    static let kind = "back_up"

    let node: Int

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        laboratory.backUp(node)
        return true
    }
}
