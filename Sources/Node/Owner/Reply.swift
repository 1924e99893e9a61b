internal import Foundation

/// What a request comes to: a value when its body has run, an outcome when that is durable.
///
/// `@unchecked Sendable`: `condition` guards all that changes.
final class Reply<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var value: Value?
    private var outcome: Result<Value, any Error>?
    /// Told once, on the thread that settles.
    private let listener: (@Sendable (Result<Value, any Error>) -> Void)?

    init(_ listener: (@Sendable (Result<Value, any Error>) -> Void)? = nil) {
        self.listener = listener
    }

    /// Keeps what the body gave, until it is durable.
    func hold(_ value: Value) {
        condition.withLock { self.value = value }
    }

    /// - Parameter error: nil if what is held became durable.
    func settle(_ error: (any Error)?) {
        let outcome: Result<Value, any Error>? = condition.withLock {
            let outcome: Result<Value, any Error>? = error.map { .failure($0) } ?? value.map { .success($0) }
            self.outcome = outcome
            condition.broadcast()
            return outcome
        }
        guard let outcome else { preconditionFailure("a body that threw nothing has given a value") }
        listener?(outcome)
    }

    func wait() throws -> Value {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let outcome { return try outcome.get() }
            condition.wait()
        }
    }
}
