import Foundation
import Node
import Replica
import Simulation

/// A log whose events are made at running nodes.
struct SoldLog {
    let path: String
    /// HQ first, in the order in which the log names them.
    let names: [String]
    /// Of each member's events, their numbers in the log.
    let numbers: [[Int64]]
    /// Of each event, the member that makes it.
    let members: [Int]
    let orders: Int

    static let fileName = "0001.jsonl"

    /// Makes one up.
    ///
    /// - Parameter folder: of the chain; the log lies where `atoll check` looks for it.
    init(in folder: String, stores: Int, ordersPerStore: Int, seed: UInt64) throws {
        try FileManager.default.createDirectory(atPath: folder + "/logs", withIntermediateDirectories: true)
        path = folder + "/logs/" + Self.fileName
        let shape = try LogShape(
            stores: stores, days: 5, ordersPerStoreAndDay: max(1, ordersPerStore / 5), skus: 100, customers: 60)
        var bytes: [UInt8] = []
        try LogGenerator(shape: shape, seed: seed).generate { bytes += $0 }
        try Data(bytes).write(to: URL(filePath: path))
        var reader = try LogReader(bytes: bytes)
        var replay = LogReplay()
        var (numbers, members, orders) = ([[Int64]](), [Int](), 0)
        while let event = try reader.next() {
            let member = Int(replay.member(of: event))
            while numbers.count <= member { numbers.append([]) }
            numbers[member].append(event.number)
            members.append(member)
            if case .order = event.kind { orders += 1 }
        }
        (names, self.numbers, self.members, self.orders) = (replay.names, numbers, members, orders)
    }

    var eventCount: Int { numbers.reduce(0) { $0 + $1.count } }

    /// Says of the chain's folder that this is what was sold in it, so that `atoll check` can compare the two.
    func describe(in folder: String) throws {
        let chain = try ReplicaDirectory.read(at: folder + "/" + names[0]).card.chain
        let log = ChainRegister.ImportedLog(
            file: Self.fileName, name: "made up", digest: "", events: eventCount, orders: orders)
        try ChainFolder.describe(at: folder, chain: ChainRegister(chain: chain, names: names, log: log))
    }
}
