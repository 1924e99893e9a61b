import FaultProxy
import Foundation
import Node

/// A chain of real processes: HQ and stores, each of which dials HQ and its neighbour, over lines that can be spoiled.
final class RunningChain {
    let folder: Chain
    private(set) var nodes: [NodeProcess] = []
    /// Each store's to HQ, and then each one's to the store after it.
    private(set) var lines: [FaultProxy] = []

    var path: String { folder.path }
    var headquarters: NodeProcess { nodes[0] }

    /// Founds the chain by the commands that a person would use, and leaves it running.
    ///
    /// - Parameters:
    ///   - names: of the members; HQ first.
    ///   - folder: where the members' directories will lie.
    ///   - ring: whether stores dial their neighbours, too.
    init(_ names: [String], in folder: Chain, ring: Bool = false) throws {
        self.folder = folder
        let ports = try names.map { _ in try freePort() }
        let place = folder.path
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Self.run(["init", "--dir", place + "/" + names[0], "--listen", "127.0.0.1:\(ports[0])"])
        nodes.append(NodeProcess(names[0], in: place + "/" + names[0]))
        try headquarters.start()
        let _: NodeStatus = try headquarters.status
        for (index, name) in names.enumerated().dropFirst() {
            let directory = place + "/" + name
            let token = try Self.run(["invite", name, "--dir", headquarters.directory]).split(separator: "\n").last ?? ""
            try Self.run(["join", String(token), "--dir", directory, "--listen", "127.0.0.1:\(ports[index])"])
            nodes.append(NodeProcess(name, in: directory))
            try dial(from: index, [0: ports[0]])
        }
        if ring {
            for index in 1..<names.count - 1 { try dial(from: index, [UInt32(index + 1): ports[index + 1]]) }
        }
        try startAll()
    }

    deinit {
        for node in nodes { node.kill() }
        for line in lines { line.stop() }
    }

    func startAll() throws {
        for node in nodes { try node.start() }
    }

    /// Has a node dial others, besides those that it dials over a line of its own, through a new line each.
    private func dial(from index: Int, _ ports: [UInt32: UInt16]) throws {
        var configuration = try NodeConfiguration.read(in: nodes[index].directory)
        for (member, port) in ports.sorted(by: { $0.key < $1.key }) {
            let line = try FaultProxy(to: port)
            lines.append(line)
            guard let address = NodeAddress("127.0.0.1:\(line.port)") else { throw Chain.Failure(text: "no address") }
            configuration.peers.removeAll { $0.member == member }
            configuration.peers.append(.init(address: address, member: member))
        }
        try configuration.write(in: nodes[index].directory)
    }

    /// The line between two of its members, one of which dials the other.
    func line(between one: Int, _ other: Int) throws -> FaultProxy {
        let (low, high) = (min(one, other), max(one, other))
        let index = low == 0 ? high - 1 : nodes.count - 2 + low
        guard low == 0 || high == low + 1, lines.indices.contains(index) else { throw Chain.Failure(text: "no line") }
        return lines[index]
    }

    func set(_ faults: Faults) {
        for line in lines { line.set(faults) }
    }

    /// Whether every store holds exactly what HQ holds of each scope that the store wants.
    func areEqual() throws -> Bool {
        let held: [Holdings] = try nodes.map { try $0.ask("figures") }
        return held.dropFirst().allSatisfy { $0.isEqual(where: held[0]) }
    }

    /// Whether all of some nodes hold the same of each scope that all of them hold.
    func shareEqually(_ indices: Int...) throws -> Bool {
        let held: [Holdings] = try indices.map { try nodes[$0].ask("figures") }
        let common = held.map { Set($0.scopes.map(\.scope)) }.reduce(Set(held[0].scopes.map(\.scope))) { $0.intersection($1) }
        let shared = Holdings(orders: 0, scopes: held[0].scopes.filter { common.contains($0.scope) })
        return held.dropFirst().allSatisfy { shared.isEqual(where: $0) }
    }

    /// What is different, for whoever reads why a test fails.
    func differences() throws -> String {
        let held: [Holdings] = try nodes.map { try $0.ask("figures") }
        return zip(nodes, held).dropFirst().map { "\($0.name): \($1.differences(from: held[0]))" }.joined(separator: "; ")
    }

    @discardableResult
    static func run(_ words: [String]) throws -> String {
        let outcome = try Program.run(words)
        guard outcome.exited, outcome.code == 0 else { throw Chain.Failure(text: "\(words): \(outcome.errors)") }
        return outcome.output
    }
}

/// What a replica holds of each scope, as its node tells it.
struct Holdings: Decodable {
    struct Held: Decodable, Equatable {
        let scope: UInt32
        let summary: String?
        let transactions: [String: UInt64]
    }

    let orders: Int
    let scopes: [Held]

    var transactions: UInt64 { scopes.reduce(0) { $1.transactions.values.reduce($0, +) } }

    func isEqual(where other: Holdings) -> Bool { differences(from: other).isEmpty }

    func differences(from other: Holdings) -> [String] {
        let theirs = Dictionary(uniqueKeysWithValues: other.scopes.map { ($0.scope, $0) })
        return scopes.filter { $0 != theirs[$0.scope] || $0.summary == nil }.map {
            "\($0) against \(theirs[$0.scope].map { "\($0)" } ?? "nothing")"
        }
    }
}
