/// Another build of the program is installed on a machine, and started: one with a defect, for scenarios that show what oracles
/// find.
struct Install: Act {
    static let kind = "install"

    let node: Int
    let build: ProgramBuild

    var nodes: [Int] { [node] }

    func perform(in laboratory: Laboratory) throws -> Bool {
        try laboratory.world.install(build, at: node)
        return true
    }
}
