import CRDT
import Net
import Node
import Replica
import Retail
import Simulation

/// What `bench fanin` begins with: HQ holds the books, stock and regional customers of many stores, which hold their own and
/// their region's; then HQ writes records in `chain` that every store lacks, and each store sells once.
///
/// A store of the driver knows of the members' records in `chain` only that it has had them: to keep 10,000 of them in each of
/// 10,000 replicas in memory would measure the driver. HQ holds them, and reads them.
struct FaninChain {
    let stores: [LoadStore]
    /// Up to where HQ has written `chain`.
    let news: VersionVector
    /// How many HQ holds once all are current.
    var orders: Int { stores.count * (Self.salesBefore + 1) }
    private let disks: [SimulatedDisk]

    static let newRecords = 100
    /// Stores that share the customers of a region.
    private static let regionSize = 100
    private static let salesBefore = 2

    init(_ count: Int, _ chain: LoadChain, _ progress: (String) -> Void) throws {
        let directory = try ReplicaDirectory.open(at: chain.template)
        let headquarters = directory.replica
        let members = 1...UInt32(count)
        progress("fanin: \(count) keys and certificates")
        let credentials = try members.map { try chain.certificate(of: $0) }
        try Self.enrol(members, credentials.map { try $0.certificate.der }, at: headquarters)
        let disks = members.map { _ in SimulatedDisk(isPowersafeOverwrite: true) }
        progress("fanin: \(count) replicas")
        let replicas = try zip(members, disks).map { member, disk in
            try chain.replica(of: member, at: "store.db", vfs: disk.vfsName, cacheKiB: 256)
        }
        let orders = try generatedOrders(Self.salesBefore + 1, seed: 5)
        for (member, replica) in zip(members, replicas) {
            for order in orders.dropLast() { try Self.sell(order, at: member, replica) }
            try replica.perform(at: wallClockMilliseconds()) {
                try $0.set(RetailSchema.Customer.tier, of: Self.customer(of: member), to: .text("gold"))
            }
        }
        progress("fanin: HQ takes in what they have")
        for first in stride(from: 0, to: count, by: 500) {
            let part = first..<min(first + 500, count)
            try headquarters.join(try part.flatMap { try replicas[$0].deltas(for: headquarters) }, at: .max / 2)
        }
        try Self.share(headquarters, with: Array(zip(members, replicas)))
        try Self.enrol((members.upperBound + 1)...(members.upperBound + UInt32(Self.newRecords)), nil, at: headquarters)
        news = headquarters.vector(of: .chain)
        for (member, replica) in zip(members, replicas) { try Self.sell(orders[Self.salesBefore], at: member, replica) }
        try headquarters.checkpoint()
        try directory.writeHighWater()
        stores = try zip(zip(members, replicas), credentials).map { store, credential in
            let security = try chain.security(of: credential.certificate, credential.key)
            return LoadStore(store.0, store.1, security, regions: [Self.region(of: store.0)])
        }
        self.disks = disks
    }

    private static func region(of member: UInt32) -> UInt32 { (member - 1) / UInt32(regionSize) }

    private static func customer(of member: UInt32) -> RecordKey {
        RecordKey(
            scope: Scope(.customers, of: region(of: member)), collection: RetailSchema.customer.number,
            id: Identifier(number: UInt64(member), digits: 8))
    }

    private static func sell(_ order: LogEvent, at member: UInt32, _ replica: Replica) throws {
        try replica.perform(at: wallClockMilliseconds()) { try LogReplay().apply(order, at: member, in: $0) }
    }

    private static func enrol(
        _ members: ClosedRange<UInt32>, _ certificates: [[UInt8]]?, at headquarters: Replica
    ) throws {
        for (index, member) in members.enumerated() {
            try headquarters.apply(at: wallClockMilliseconds()) { transaction in
                let key = RetailSchema.member(member)
                try transaction.set(RetailSchema.Member.name, of: key, to: .text("S\(member)"))
                if let certificates {
                    try transaction.set(RetailSchema.Member.certificate, of: key, to: .bytes(certificates[index]))
                }
                let region = Identifier(number: UInt64(region(of: member)), digits: 8)
                try transaction.insert(.identifier(region), into: RetailSchema.Member.regions, of: key)
            }
        }
        try headquarters.commit()
    }

    /// Every store gets its region's customers, and the place where `chain` stands.
    private static func share(_ headquarters: Replica, with stores: [(member: UInt32, replica: Replica)]) throws {
        guard let chain = try headquarters.delta(.chain, for: Cut()) else { return }
        let bare = Delta(header: chain.header, records: [])
        for first in stride(from: 0, to: stores.count, by: regionSize) {
            let scope = Scope(.customers, of: region(of: stores[first].member))
            for (_, replica) in stores[first..<min(first + regionSize, stores.count)] {
                let customers = try headquarters.delta(scope, for: replica.cut(of: scope))
                try replica.join([bare] + (customers.map { [$0] } ?? []), at: .max / 2)
            }
        }
    }
}
