import CRDT
import Foundation
import Replica
import Retail
import Simulation

/// A folder for one benchmark's files; it goes when the benchmark ends.
final class BenchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "atoll-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}

extension OpeningParameters {
    /// For benchmarks and tests: a fixed key, and a fresh run.
    ///
    /// - Parameter cacheKiB: the page cache; by default large enough that a file of a million orders is served from memory.
    static func bench(cacheKiB: Int = 65_536) -> OpeningParameters {
        OpeningParameters(
            schema: RetailSchema.schema, digestKey: [UInt8](repeating: 7, count: 16),
            run: Hash128(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)), cacheKiB: cacheKiB)
    }
}

extension BenchFolder {
    /// Copies a file that no connection has open.
    func copy(_ name: String, to copy: String) throws {
        try? FileManager.default.removeItem(at: url.appending(path: copy))
        try FileManager.default.copyItem(at: url.appending(path: name), to: url.appending(path: copy))
    }

    func remove(_ name: String) {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(at: url.appending(path: name + suffix)) }
    }

    func size(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes[.size] as? Int) ?? 0
    }
}

extension Replica {
    static func bench(
        _ folder: BenchFolder, member: UInt32, incarnation: UInt64? = nil, name: String, cacheKiB: Int = 65_536
    ) throws -> Replica {
        try bench(at: folder.path(name), member: member, incarnation: incarnation, .bench(cacheKiB: cacheKiB))
    }

    static func bench(
        at path: String, member: UInt32, incarnation: UInt64? = nil, _ parameters: OpeningParameters
    ) throws -> Replica {
        let incarnation = incarnation ?? UInt64(member) + 1
        let identity = Identity(chain: Hash128(high: 1, low: 1), member: member, incarnation: incarnation)
        return try create(at: path, identity: identity, epoch: 1_735_689_600_000, parameters)
    }

    /// Sells the orders of a generated log, a transaction each, without their later life.
    func sell(_ orders: ArraySlice<LogEvent>, at member: UInt32) throws {
        let replay = LogReplay()
        for (index, event) in orders.enumerated() {
            try apply(at: event.timeMilliseconds) { try replay.apply(event, at: member, in: $0) }
            if index % 5000 == 4999 {
                try commit()
                try checkpoint()
            }
        }
        try commit()
        try checkpoint()
    }
}

/// The orders of one store, as many as asked for.
func generatedOrders(_ count: Int, skus: Int = 10_000, seed: UInt64) throws -> [LogEvent] {
    let shape = try LogShape(
        stores: 1, days: (count + 999) / 1000, ordersPerStoreAndDay: min(count, 1000), skus: skus, customers: 12_000)
    var orders: [LogEvent] = []
    orders.reserveCapacity(count)
    try LogGenerator(shape: shape, seed: seed).forEachEvent { event in
        if case .order = event.kind, orders.count < count { orders.append(event) }
    }
    return orders
}

/// Sales of four lines by known customers, as many as asked for, none of which is among the generated ones.
func fourLineOrders(_ count: Int) throws -> [NewOrder] {
    var orders: [NewOrder] = []
    for event in try generatedOrders(30 * count, seed: 3) {
        guard case .order(var order) = event.kind, order.lines.count == 4, order.points ?? 0 > 0 else { continue }
        order.id = "T001-" + order.id.dropFirst(5)
        orders.append(NewOrder(order, placed: event.timeMilliseconds))
        if orders.count == count { break }
    }
    return orders
}
