import Foundation
import Glibc
import Node
import Replica
import Simulation

/// What the demo's chain sells.
final class DemoLog {
    /// HQ first.
    let names: [String]
    let eventCount: Int
    /// How many events were asked for so far.
    var position = 0
    private let path: String
    private let numbers: [Int64]
    private let orders: Int
    private let title: String

    /// The most processes that are started.
    private static let memberLimit = 32

    /// - Parameters:
    ///   - log: a recorded log; nil makes one up.
    ///   - folder: where a copy is put; made.
    init(_ log: String?, seed: UInt64, copyTo folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = folder + "/0001.jsonl.zst"
        if let log {
            try FileManager.default.copyItem(atPath: log, toPath: path)
        } else {
            let shape = try LogShape(stores: 3, days: 4, ordersPerStoreAndDay: 60, skus: 400, customers: 200)
            let output = try Output(path: path)
            try LogGenerator(shape: shape, seed: seed).generate { try output.write($0) }
            try output.flush()
        }
        title = log.map { URL(filePath: $0).lastPathComponent } ?? "made up"
        var reader = try LogReader(path: path)
        var (replay, numbers, orders) = (LogReplay(), [Int64](), 0)
        while let event = try reader.next() {
            _ = replay.member(of: event)
            numbers.append(event.number)
            if case .order = event.kind { orders += 1 }
        }
        (names, self.numbers, self.orders, eventCount) = (replay.names, numbers, orders, numbers.count)
        guard names.count <= Self.memberLimit else {
            throw CommandError.badInput(
                "the log has \(names.count) members; the demo starts at most \(Self.memberLimit) processes.")
        }
    }

    func parameters(upTo position: Int) -> LogPlayer.Parameters {
        LogPlayer.Parameters(log: path, names: names, upTo: position > 0 ? numbers[position - 1] : .min)
    }

    func register(of chain: Hash128) -> ChainRegister {
        ChainRegister(
            chain: chain, names: names,
            log: .init(file: "0001.jsonl.zst", name: title, digest: "", events: eventCount, orders: orders))
    }
}

/// A port on loopback that nobody listens at.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
            bind(descriptor, name, length) == 0 ? getsockname(descriptor, name, &length) : -1
        }
    }
    guard result == 0 else { throw FileError(path: "127.0.0.1", operation: "finding a free port at", errno: errno) }
    return UInt16(bigEndian: address.sin_port)
}
