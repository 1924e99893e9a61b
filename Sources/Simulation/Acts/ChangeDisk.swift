/// A machine's disk can do less from now on: it has only so much room left, takes nothing, or says that it has stored what it has
/// not.
struct ChangeDisk: Act {
    static let kind = "change_disk"

    let node: Int
    var freeKilobytes: Int?
    var isReadOnly: Bool?
    var syncLies: Bool?

    private enum CodingKeys: String, CodingKey {
        case node
        case freeKilobytes = "free_kilobytes"
        case isReadOnly = "read_only"
        case syncLies = "sync_lies"
    }

    var nodes: [Int] { [node] }

    var flaw: String? {
        (0...SimulatedDisk.defaultCapacityBytes >> 10).contains(freeKilobytes ?? 0)
            ? nil : "free_kilobytes is 0 to \(SimulatedDisk.defaultCapacityBytes >> 10)"
    }

    func perform(in laboratory: Laboratory) throws -> Bool {
        guard freeKilobytes != nil || isReadOnly != nil || syncLies != nil else { return false }
        if let syncLies { laboratory.world.setSyncLies(syncLies, at: node) }
        guard freeKilobytes != nil || isReadOnly != nil else { return true }
        laboratory.world.changeDisk(of: node) { disk in
            if let freeKilobytes { disk.capacityBytes = disk.usedBytes + freeKilobytes << 10 }
            if let isReadOnly { disk.isReadOnly = isReadOnly }
        }
        return true
    }
}
