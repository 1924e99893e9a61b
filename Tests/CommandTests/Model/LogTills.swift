import Foundation
import Node
import Simulation

/// Does at running nodes what the simulator's people do: each act is a log of its own, which the node replays.
final class LogTills {
    enum Outcome: Equatable {
        case written
        /// There was nothing to write.
        case idle
        case refused(String)
    }

    private struct Request: Encodable {
        let log: String
        let names: [String]
        let upTo: Int64
        let from: Int64?
    }

    private struct Answer: Decodable {
        let ownTransactions: UInt64
    }

    private let names: [String]
    private let folder: String
    /// When the last act was done, in milliseconds since 1970.
    private var last: Int64 = 0

    init(_ names: [String], in folder: String) {
        (self.names, self.folder) = (names, folder)
    }

    /// Does it a millisecond after the last one at the earliest, so that stamps rank acts in their order.
    ///
    /// - Parameter time: when an order is placed or goods are received, in milliseconds since 1970.
    func perform(_ work: PlayedAct.Work, _ number: Int, at time: Int64, on node: NodeProcess) throws -> Outcome {
        let path = folder + "/act-\(number).jsonl"
        try log(work, at: time).write(to: URL(filePath: path))
        let before: Answer = try node.ask("replay", Request(log: path, names: names, upTo: 0, from: 1))
        guard eventually(within: 10, { Self.now > last }) else { throw Chain.Failure(text: "the clock stands still") }
        defer { last = Self.now }
        do {
            let after: Answer = try node.ask("replay", Request(log: path, names: names, upTo: 1, from: nil))
            return after.ownTransactions > before.ownTransactions ? .written : .idle
        } catch ControlError.refused(let refusal) {
            let isDue = ["in the chain already", "a status never goes back"].contains(where: refusal.error.contains)
            guard isDue else { throw Chain.Failure(text: "\(path): \(refusal.error)") }
            return .refused(refusal.error)
        }
    }

    /// The event 1, and before it the order that it is about: it says in whose books that stands.
    private func log(_ work: PlayedAct.Work, at time: Int64) -> Data {
        var encoder = LogEncoder()
        encoder.append(LogHeader(stores: Int64(names.count - 1), skus: 0, customers: 0, startMilliseconds: time))
        if case .status(let change) = work.event, let store = work.store {
            let order = LogOrder(id: change.order, customer: "", payment: "cash", totalMinorUnits: 0, lines: [])
            encoder.append(LogEvent(number: 0, timeMilliseconds: time, replica: names[store], kind: .order(order)))
        }
        encoder.append(LogEvent(number: 1, timeMilliseconds: time, replica: names[work.node], kind: work.event))
        return Data(encoder.bytes)
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
