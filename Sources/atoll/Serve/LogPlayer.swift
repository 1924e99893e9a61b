import CRDT
import Foundation
import Node
import Replica
import Simulation

/// Sells from a recorded log at a running node: what the log's own member did, event by event, each durable before the next.
///
/// It is asked again and again, each time for the events up to another number; it goes on where it was.
actor LogPlayer {
    static let method = "replay"

    struct Parameters: Codable {
        /// The log's path.
        var log: String
        /// The members of the chain by number; HQ first.
        var names: [String]
        /// The number of the last event to make, unless the log ends before.
        var upTo: Int64
        /// The number of the first event to make, for a node that has made earlier ones before it was started anew.
        var from: Int64?
    }

    struct Result: Codable {
        /// How many events this member has made so far.
        var events: Int
        /// Of them, orders.
        var orders: Int
        /// How many transactions the replica holds of its own member, however often it was started. Whoever was not told what
        /// became of an event sees from it whether that is there.
        var ownTransactions: UInt64
    }

    private var log = ""
    private var events: [LogEvent] = []
    private var next = 0
    private var replay = LogReplay()
    private var done = Result(events: 0, orders: 0, ownTransactions: 0)

    func play(_ parameters: Data, _ context: ControlContext) async throws -> Data {
        let owner = context.owner
        let wanted = try JSONDecoder().decode(Parameters.self, from: parameters)
        if wanted.log != log { try open(wanted) }
        if let from = wanted.from { pass(to: from) }
        while next < events.count, events[next].number <= wanted.upTo {
            let event = events[next]
            next += 1
            let (member, following) = (replay.member(of: event), next)
            guard member == owner.card.member else { continue }
            let replay = replay
            do {
                try await owner.perform(at: context.clock()) { try replay.apply(event, at: member, in: $0) }
            } catch {
                // It was not made, and whoever asks again means it; unless another request has gone on meanwhile.
                if next == following { next -= 1 }
                throw error
            }
            done.events += 1
            if case .order = event.kind { done.orders += 1 }
        }
        done.ownTransactions = try await owner.access { Self.ownTransactions($0.replica, of: $0.card.member) }
        return try JSONEncoder().encode(done)
    }

    /// Leaves out what was made before, but remembers whose orders those were.
    private func pass(to number: Int64) {
        while next < events.count, events[next].number < number {
            _ = replay.member(of: events[next])
            next += 1
        }
    }

    /// Of everything but the scope `chain`, in which HQ writes on its own accord.
    private static func ownTransactions(_ replica: Replica, of member: UInt32) -> UInt64 {
        replica.heldScopes.filter { $0 != .chain }.reduce(0) { sum, scope in
            replica.vector(of: scope).entries.reduce(sum) { $1.origin.member == member ? $0 + $1.sequence : $0 }
        }
    }

    private func open(_ wanted: Parameters) throws {
        var reader = try LogReader(path: wanted.log)
        var read: [LogEvent] = []
        while let event = try reader.next() { read.append(event) }
        (log, events, next, replay) = (wanted.log, read, 0, LogReplay(names: wanted.names))
        done = Result(events: 0, orders: 0, ownTransactions: 0)
    }
}
