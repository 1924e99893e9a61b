internal import Foundation

/// A queue of bounded length between any number of threads that put and one that takes.
///
/// `@unchecked Sendable`: `condition` guards all that changes.
final class Mailbox<Item: Sendable>: @unchecked Sendable {
    private let limit: Int
    private let condition = NSCondition()
    private var items: [Item] = []
    private var hasClosed = false

    init(limit: Int) {
        precondition(limit > 0, "a mailbox holds something")
        self.limit = limit
    }

    /// How many items wait.
    var count: Int { condition.withLock { items.count } }

    var isClosed: Bool { condition.withLock { hasClosed } }

    /// - Parameter waitsForRoom: else a full mailbox is an error.
    func put(_ item: Item, waitsForRoom: Bool) throws(NodeError) {
        condition.lock()
        defer { condition.unlock() }
        while !hasClosed, items.count >= limit {
            guard waitsForRoom else { throw .mailboxFull(limit: limit) }
            condition.wait()
        }
        guard !hasClosed else { throw .stopped }
        items.append(item)
        condition.broadcast()
    }

    /// Puts an item of which something else bounds how many there are.
    ///
    /// - Returns: false if the mailbox is closed.
    func putBeyondLimit(_ item: Item) -> Bool {
        condition.withLock {
            guard !hasClosed else { return false }
            items.append(item)
            condition.broadcast()
            return true
        }
    }

    /// Takes all there are.
    ///
    /// - Parameter waits: until there are some.
    /// - Returns: nil once the mailbox is closed and empty.
    func takeAll(waits: Bool = true) -> [Item]? {
        condition.lock()
        defer { condition.unlock() }
        while waits, items.isEmpty, !hasClosed { condition.wait() }
        guard !items.isEmpty else { return hasClosed ? nil : [] }
        defer { items = [] }
        condition.broadcast()
        return items
    }

    /// Takes nothing more in; what waits can still be taken out.
    func close() {
        condition.withLock {
            hasClosed = true
            condition.broadcast()
        }
    }
}
