/// A machine stops, and goes on after a while as if nothing had been: its connections stay, its timers come late, its clock has
/// gone on.
struct PauseMachine: Act {
    static let kind = "pause"

    let node: Int
    let milliseconds: Int64

    private enum CodingKeys: String, CodingKey {
        case node
        case milliseconds = "ms"
    }

    var nodes: [Int] { [node] }

    var flaw: String? { (1...86_400_000).contains(milliseconds) ? nil : "a machine pauses for 1 to 86400000 ms" }

    func perform(in laboratory: Laboratory) throws -> Bool { laboratory.world.pause(node, for: milliseconds) }
}
