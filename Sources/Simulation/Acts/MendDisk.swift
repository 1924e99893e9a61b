/// A machine's disk works again as it should, and has room again.
struct MendDisk: Act {
    static let kind = "mend_disk"

    let node: Int

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool { laboratory.world.mendDisk(of: node) }
}
