/// A new machine takes the place of one that is off, or that cannot be started: its disk holds nothing, and its chain knows it as
/// the same member.
struct ReplaceMachine: Act {
    static let kind = "replace_machine"

    let node: Int

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool { try laboratory.replace(node) }
}
