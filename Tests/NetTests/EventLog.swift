import Foundation
import Net

/// Something that a loop told.
enum LoopEvent: Equatable {
    case opened(ConnectionID)
    case drained(ConnectionID)
    case closed(ConnectionID, CloseReason)
    case failed(AttemptID, CloseReason)
    case refused(CloseReason)
    case condition(ListenerCondition)
}

/// Keeps what a loop tells, for a test that waits for it on another thread.
///
/// `@unchecked Sendable`: `condition` guards all that changes.
final class EventLog: EventLoopDelegate, @unchecked Sendable {
    struct State {
        var events: [LoopEvent] = []
        var openings: [(id: ConnectionID, opening: Opening)] = []
        var received: [ConnectionID: [UInt8]] = [:]

        var closings: [CloseReason] {
            events.compactMap { if case .closed(_, let reason) = $0 { reason } else { nil } }
        }
        var refusals: [CloseReason] {
            events.compactMap { if case .refused(let reason) = $0 { reason } else { nil } }
        }
        var failures: [CloseReason] {
            events.compactMap { if case .failed(_, let reason) = $0 { reason } else { nil } }
        }
        /// How many bytes came in on all connections.
        var receivedCount: Int { received.values.reduce(0) { $0 + $1.count } }
    }

    private let condition = NSCondition()
    private var state = State()
    /// Sends back what comes in, if it is set.
    private let echo: EventLoop?

    init(echo: EventLoop? = nil) {
        self.echo = echo
    }

    /// Waits until the log satisfies a condition. The limit is for a test that has failed; one that has not never meets it.
    func wait(
        _ what: String, limitSeconds: Double = 60, until isMet: (State) -> Bool
    ) throws -> State {
        let limit = Date().addingTimeInterval(limitSeconds)
        condition.lock()
        defer { condition.unlock() }
        while !isMet(state) {
            if !condition.wait(until: limit), !isMet(state) { throw NeverHappened(what: what, events: state.events) }
        }
        return state
    }

    func waitForOpening() throws -> (id: ConnectionID, opening: Opening) {
        try wait("an opening") { !$0.openings.isEmpty }.openings[0]
    }

    func waitForClosing() throws -> CloseReason {
        try wait("a closing") { !$0.closings.isEmpty }.closings[0]
    }

    func waitForRefusal() throws -> CloseReason {
        try wait("a refusal") { !$0.refusals.isEmpty }.refusals[0]
    }

    func waitForFailure() throws -> CloseReason {
        try wait("a failure") { !$0.failures.isEmpty }.failures[0]
    }

    var now: State { condition.withLock { state } }

    private func note(_ event: LoopEvent?, _ change: (inout State) -> Void = { _ in }) {
        condition.withLock {
            if let event { state.events.append(event) }
            change(&state)
            condition.broadcast()
        }
    }

    func opened(_ connection: ConnectionID, _ opening: Opening) {
        note(.opened(connection)) { $0.openings.append((connection, opening)) }
    }

    func received(_ bytes: RawSpan, on connection: ConnectionID) {
        let copy = bytes.withUnsafeBytes { Array($0) }
        if let echo { echo.send(copy, on: connection) }
        note(nil) { $0.received[connection, default: []] += copy }
    }

    func drained(_ connection: ConnectionID) { note(.drained(connection)) }

    func closed(_ connection: ConnectionID, _ reason: CloseReason) { note(.closed(connection, reason)) }

    func failed(_ attempt: AttemptID, _ reason: CloseReason) { note(.failed(attempt, reason)) }

    func refused(_ address: SocketAddress, at listener: ListenerID, _ reason: CloseReason) { note(.refused(reason)) }

    func changed(_ condition: ListenerCondition, of listener: ListenerID) { note(.condition(condition)) }
}

struct NeverHappened: Error {
    let what: String
    let events: [LoopEvent]
}
