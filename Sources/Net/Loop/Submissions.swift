internal import CLinux
internal import Glibc
internal import Synchronization

/// What other threads want a loop to do, and the descriptor that wakes it.
final class Submissions: Sendable {
    typealias Body = @Sendable () -> Void

    let descriptor: Int32
    /// nil once nobody looks any more.
    private let waiting = Mutex<[Body]?>([])

    init() throws(NetError) {
        descriptor = eventfd(0, Int32(ATOLL_EFD_FLAGS))
        guard descriptor >= 0 else { throw .system(operation: "eventfd", errno: errno) }
    }

    deinit { Glibc.close(descriptor) }

    func put(_ body: @escaping Body) {
        let isFirst = waiting.withLock { waiting in
            waiting?.append(body)
            return waiting?.count == 1
        }
        // One wake-up is enough for all that come before the loop looks.
        if isFirst { _ = eventfd_write(descriptor, 1) }
    }

    func takeAll() -> [Body] {
        waiting.withLock { waiting in
            guard let taken = waiting else { return [] }
            var count: eventfd_t = 0
            _ = eventfd_read(descriptor, &count)
            waiting = []
            return taken
        }
    }

    /// Drops what waits, and whatever comes later.
    func close() {
        let dropped = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        // Freed outside the lock, because a body may hold on to somebody who submits while it goes.
        withExtendedLifetime(dropped) {}
    }
}
