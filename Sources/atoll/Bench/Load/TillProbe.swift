import Foundation
import Node
import Simulation
import Synchronization

/// HQ's own till while it is busy with others: sales through its socket, one after another, each timed until it is durable.
final class TillProbe: Sendable {
    private struct State {
        var isStopping = false
        var seconds: [Double] = []
        var failure: String?
    }

    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    /// HQ's sales, as a log that its node can replay.
    static func writeLog(to path: String, count: Int) throws {
        let header = LogHeader(stores: 1, skus: 10_000, customers: 12_000, startMilliseconds: wallClockMilliseconds())
        var encoder = LogEncoder()
        encoder.append(header)
        for (index, event) in try generatedOrders(count, seed: 9).enumerated() {
            var event = event
            (event.number, event.replica) = (Int64(index) + 1, LogReplay.headquarters)
            encoder.append(event)
        }
        try Data(encoder.bytes).write(to: URL(filePath: path))
    }

    /// Sells from a log, from its second event on, until `stop`; the first one has opened the log before this returns.
    init(_ directory: String, log: String) throws {
        let client = try ControlClient(directory)
        _ = try client.ask(LogPlayer.method, try Self.parameters(log, upTo: 1))
        let thread = Thread { [self] in sell(directory, log) }
        thread.start()
    }

    private static func parameters(_ log: String, upTo number: Int64) throws -> Data {
        try JSONEncoder().encode(LogPlayer.Parameters(log: log, names: [LogReplay.headquarters], upTo: number))
    }

    private func sell(_ directory: String, _ log: String) {
        defer { ended.signal() }
        do {
            let client = try ControlClient(directory)
            var number: Int64 = 1
            while !state.withLock({ $0.isStopping }) {
                number += 1
                let parameters = try Self.parameters(log, upTo: number)
                let elapsed = try seconds { _ = try client.ask(LogPlayer.method, parameters) }
                state.withLock { $0.seconds.append(elapsed) }
            }
        } catch {
            state.withLock { $0.failure = "\(error)" }
        }
    }

    /// - Returns: how long each sale took.
    func stop() throws -> [Double] {
        state.withLock { $0.isStopping = true }
        ended.wait()
        return try state.withLock { state in
            if let failure = state.failure { throw BenchError.childFailed(failure) }
            return state.seconds
        }
    }
}
