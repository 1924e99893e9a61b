import Foundation
import Net

/// A loop on a thread of its own, with a log of what it tells.
final class RunningLoop: Sendable {
    let loop: EventLoop
    let log: EventLog
    private let ended = DispatchSemaphore(value: 0)

    init(_ options: EventLoopOptions = EventLoopOptions(), echoes: Bool = false) throws {
        let loop = try EventLoop(options)
        self.loop = loop
        let log = EventLog(echo: echoes ? loop : nil)
        self.log = log
        Thread.detachNewThread { [ended] in
            try? loop.run(log)
            ended.signal()
        }
    }

    /// Does something on the loop's thread and waits for what comes of it.
    func perform<Result: Sendable>(_ body: @escaping @Sendable (EventLoop) throws -> Result) throws -> Result {
        let box = ResultBox<Result>()
        loop.submit { [loop] in box.set(Swift.Result { try body(loop) }) }
        return try box.wait()
    }

    func listen(_ security: Security) throws -> UInt16 {
        try perform { loop in
            let listener = try loop.listen(at: .loopback(port: 0), security)
            return loop.address(of: listener)?.port ?? 0
        }
    }

    @discardableResult
    func connect(_ port: UInt16, _ security: Security) throws -> AttemptID {
        try perform { $0.connect(to: .host("127.0.0.1", port: port), security) }
    }

    /// - Returns: whether the loop came to its end.
    @discardableResult
    func stop(flushMilliseconds: Int64 = 5_000) -> Bool {
        loop.stop(flushMilliseconds: flushMilliseconds)
        return hasEnded()
    }

    /// Waits until somebody has stopped the loop.
    func hasEnded() -> Bool {
        ended.wait(timeout: .now() + 60) == .success
    }
}

/// A result on its way from one thread to another.
///
/// `@unchecked Sendable`: the semaphore orders the one write before the one read.
private final class ResultBox<Value: Sendable>: @unchecked Sendable {
    private let isSet = DispatchSemaphore(value: 0)
    private var result: Result<Value, any Error>?

    func set(_ result: Result<Value, any Error>) {
        self.result = result
        isSet.signal()
    }

    func wait() throws -> Value {
        guard isSet.wait(timeout: .now() + 60) == .success, let result else {
            throw NeverHappened(what: "the loop did what it was told", events: [])
        }
        return try result.get()
    }
}
