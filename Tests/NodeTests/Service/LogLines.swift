import Foundation
import Node

/// What a node has written to its log, for tests that wait for a line.
///
/// `@unchecked Sendable`: `condition` guards `lines`.
final class LogLines: @unchecked Sendable {
    private let condition = NSCondition()
    private var lines: [[String: String]] = []

    func log(clock: @escaping @Sendable () -> Int64 = { 0 }) -> NodeLog {
        NodeLog(clock: clock) { [self] line in
            let fields = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            condition.withLock {
                lines.append(fields ?? ["event": "not JSON: \(line)"])
                condition.broadcast()
            }
        }
    }

    var all: [[String: String]] { condition.withLock { lines } }

    func all(_ event: String) -> [[String: String]] { all.filter { $0["event"] == event } }

    /// Waits for a line about an event; for so many of them.
    ///
    /// - Returns: the last of them; nil if it has not come after a minute.
    func wait(_ event: String, count: Int = 1, where matches: ([String: String]) -> Bool = { _ in true }) -> [String: String]? {
        let deadline = Date() + 60
        condition.lock()
        defer { condition.unlock() }
        while true {
            let found = lines.filter { $0["event"] == event && matches($0) }
            if found.count >= count { return found[count - 1] }
            guard condition.wait(until: deadline) else { return nil }
        }
    }
}
