/// A machine that is off gets a copy of another's disk: from then on there are two that believe to be the same.
struct CopyDisk: Act {
    static let kind = "copy_disk"

    let from: Int
    let to: Int

    var nodes: [Int] { [from, to] }

    func perform(in laboratory: Laboratory) throws -> Bool { laboratory.copyDisk(from: from, to: to) }
}
