import CRDT
import Replica
import Retail
import Simulation

/// Two of HQ's nodes that hold the same: the customers of many members, in one scope to which all of them wrote.
struct EqualReplicas {
    let origins: Int
    let records: Int

    /// What it costs them to find out that nothing is missing.
    ///
    /// Bytes and round trips are those of files on the real disk. The pages of records that are read are counted below SQLite,
    /// on a simulated disk, which keeps all in memory: of two files with as many origins and a fiftieth of the records.
    func measure(_ report: inout BenchReport) throws {
        let folder = try BenchFolder()
        try fill(["left.db", "right.db"].map(folder.path), .bench())
        let left = try Replica.open(at: folder.path("left.db"), .bench())
        var line = try BenchLine(left, try Replica.open(at: folder.path("right.db"), .bench()))
        try line.connect()
        try line.checkEqual()
        report.add("equal_bytes_each_way", Double(max(line.bytesToLeft, line.bytesToRight)))
        report.add("equal_round_trips", Double(line.roundTrips))
        report.add("equal_record_pages_read", Double(try EqualReplicas(origins: origins, records: records / 50).pagesRead()))
    }

    private func pagesRead() throws -> Int {
        let disk = SimulatedDisk()
        var parameters = OpeningParameters.bench()
        parameters.vfs = disk.vfsName
        let names = ["left.db", "right.db"]
        try fill(names, parameters)
        let replicas = try names.map { try Replica.open(at: $0, parameters) }
        let recordPages = try replicas.map { try $0.pages(of: .record) }
        var line = try BenchLine(replicas[0], replicas[1])
        disk.resetPageReads()
        try line.connect()
        return zip(names, recordPages).reduce(0) { sum, file in
            sum + disk.pageReads(of: file.0).keys.filter { file.1.contains($0) }.count
        }
    }

    /// Makes two replicas, to which every member brings its part.
    private func fill(_ paths: [String], _ parameters: OpeningParameters) throws {
        let nodes = try paths.enumerated().map {
            try Replica.bench(at: $1, member: 0, incarnation: UInt64($0 + 1), parameters)
        }
        for member in 1...UInt32(origins) {
            let deltas = try part(of: member)
            for node in nodes {
                try node.join(deltas, at: .max / 2)
                if member % 20 == 0 { try node.checkpoint() }
            }
        }
        for node in nodes { try node.checkpoint() }
    }

    /// A member's customers, ten to a transaction.
    private func part(of member: UInt32) throws -> [Delta] {
        let disk = SimulatedDisk()
        var parameters = OpeningParameters.bench()
        parameters.vfs = disk.vfsName
        let replica = try Replica.bench(at: "member.db", member: member, parameters)
        let numbers = (Int(member) - 1) * records / origins..<Int(member) * records / origins
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 10) {
            try replica.apply(at: 1_740_000_000_000 + Int64(first)) { transaction in
                for number in first..<min(first + 10, numbers.upperBound) {
                    guard let id = Identifier("C\(10_000_000 + number)") else { continue }
                    let phone = (RetailSchema.Customer.phone, "+49 30 \(1_000_000 + number)")
                    try transaction.edit(customer: id, [phone], at: member)
                }
            }
        }
        return try replica.heldScopes.compactMap { try replica.delta($0, for: Cut()) }
    }
}
