import CRDT
import Foundation
import Replica
import Retail
import Simulation

/// A chain whose replicas replay a generated log in a temporary folder.
final class TestChain {
    private let folder: URL
    let headquarters: Replica
    private var stores: [Replica] = []
    private let replay: LogReplay
    /// By round, then by member.
    private let rounds: [[[LogEvent]]]

    init(_ size: LogShape.Size, rounds count: Int = 4) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "atoll-sync-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var events: [LogEvent] = []
        try LogGenerator(size: size, seed: 1).forEachEvent { events.append($0) }
        var replay = LogReplay()
        let members = events.map { Int(replay.member(of: $0)) }
        var rounds = [[[LogEvent]]](
            repeating: [[LogEvent]](repeating: [], count: replay.names.count), count: count)
        for (index, event) in events.enumerated() { rounds[index * count / events.count][members[index]].append(event) }
        (self.rounds, self.replay) = (rounds, replay)
        headquarters = try Self.replica(in: folder, member: 0)
        for member in 1..<replay.names.count { stores.append(try Self.replica(in: folder, member: UInt32(member))) }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Lets every member work for one round, then brings all news to the headquarters and back.
    func run(round: Int) throws {
        for (member, replica) in ([headquarters] + stores).enumerated() {
            for event in rounds[round][member] {
                try replica.apply(at: event.timeMilliseconds) { try replay.apply(event, at: UInt32(member), in: $0) }
            }
            try replica.commit()
        }
        for store in stores { try Self.bring(from: store, to: headquarters) }
        for store in stores { try Self.bring(from: headquarters, to: store) }
    }

    var roundCount: Int { rounds.count }

    /// What a replica at these cuts lacks of the headquarters' state.
    func deltas(beyond cuts: [Scope: Cut] = [:]) throws -> [Delta] {
        try headquarters.heldScopes.compactMap { try headquarters.delta($0, for: cuts[$0] ?? Cut()) }
    }

    func empty(member: UInt32) throws -> Replica { try Self.replica(in: folder, member: member) }

    private static func bring(from source: Replica, to target: Replica) throws {
        var deltas: [Delta] = []
        for scope in source.heldScopes {
            if let delta = try source.delta(scope, for: target.cut(of: scope)) { deltas.append(delta) }
        }
        try target.join(deltas, at: .max / 2)
    }

    private static func replica(in folder: URL, member: UInt32) throws -> Replica {
        let parameters = OpeningParameters(
            schema: RetailSchema.schema, digestKey: [UInt8](repeating: 7, count: 16),
            run: Hash128(high: UInt64(member), low: 1))
        return try Replica.create(
            at: folder.appending(path: "\(member).db").path(percentEncoded: false),
            identity: Identity(chain: TestChain.chain, member: member, incarnation: UInt64(member) + 1),
            epoch: 1_735_689_600_000, parameters)
    }

    static let chain = Hash128(high: 1, low: 1)
}
