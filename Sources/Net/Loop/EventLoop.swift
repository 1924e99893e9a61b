internal import CLinux
internal import Glibc

/// Sockets, TLS and timers of one thread: the one that calls `run`. It moves bytes and tells a delegate; it decides nothing.
///
/// Everything but `submit` and `stop` belongs to that thread; before and after `run`, to whoever holds the loop. A turn waits for
/// the system, deals with what happened, tells what ended, and sends what was queued meanwhile; so many small messages of a turn
/// leave as few large records.
///
/// Writing to a dead peer raises no signal: nothing is written but with `MSG_NOSIGNAL`.
///
/// `@unchecked Sendable`: one thread uses it, which each operation checks; `submissions` has a lock of its own.
public final class EventLoop: @unchecked Sendable {
    public let options: EventLoopOptions
    let submissions: Submissions
    let poll: Int32
    var connections = ConnectionTable()
    var listeners: [ListenerID: Listener] = [:]
    var attempts: [AttemptID: Attempt] = [:]
    var timers = Timers()
    /// Those that have something to send, in the order in which that came up.
    var dirty: [Connection] = []
    /// What the delegate is to be told at the end of the turn.
    var notices: [Notice] = []
    /// Shared by all connections, because it is empty between two of them.
    let input: UnsafeMutableRawBufferPointer
    let plain: UnsafeMutableRawBufferPointer
    /// While it runs.
    var delegate: (any EventLoopDelegate)?
    private var thread: pthread_t?
    private var hasRun = false
    /// When listeners that had no descriptor left look again, if there are any.
    var nextAccepting: TimerID?
    private var lastListener: UInt32 = 0
    private var lastAttempt: UInt64 = 0
    private var isStopping = false

    public init(_ options: EventLoopOptions = EventLoopOptions()) throws(NetError) {
        precondition(options.turnBytes >= 1 << 10 && options.turnAccepts > 0, "a turn moves something")
        self.options = options
        submissions = try Submissions()
        poll = epoll_create1(Int32(ATOLL_EPOLL_CLOEXEC))
        guard poll >= 0 else { throw .system(operation: "epoll_create1", errno: errno) }
        input = .allocate(byteCount: options.turnBytes, alignment: 16)
        plain = .allocate(byteCount: OutgoingQueue.chunkBytes, alignment: 16)
        watch(submissions.descriptor, .submissions, for: UInt32(ATOLL_EPOLLIN))
    }

    deinit {
        for connection in connections.all { Glibc.close(connection.descriptor) }
        Glibc.close(poll)
        input.deallocate()
        plain.deallocate()
    }

    // MARK: From any thread

    /// Has the loop's thread do something, in the order of the calls. What is submitted after `run` has returned is never done.
    public func submit(_ body: @escaping @Sendable () -> Void) {
        submissions.put(body)
    }

    /// Closes the listeners, gives attempts up, sends what waits and says goodbye, at most for so long; then `run` returns.
    public func stop(flushMilliseconds: Int64 = 5_000) {
        submit { [self] in beginStop(flushMilliseconds) }
    }

    // MARK: On the loop's thread

    /// Runs the loop on the calling thread until it is stopped. A loop runs once.
    public func run(_ delegate: any EventLoopDelegate) throws(NetError) {
        precondition(!hasRun, "a loop runs once")
        hasRun = true
        thread = pthread_self()
        self.delegate = delegate
        defer { finish() }
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while !(isStopping && connections.count == 0 && notices.isEmpty) {
            let count = epoll_wait(poll, &events, Int32(events.count), timeout)
            guard count >= 0 || errno == EINTR else { throw .system(operation: "epoll_wait", errno: errno) }
            for event in events.prefix(Int(max(0, count))) { handle(event) }
            fireTimers()
            tellNotices()
            flushDirty()
            tellNotices()
        }
    }

    /// Has something done later. Timers follow the monotonic clock and fire in the order of their deadlines.
    @discardableResult
    public func after(milliseconds: Int64, _ body: @escaping () -> Void) -> TimerID {
        checkThread()
        let deadline = monotonicMilliseconds().addingReportingOverflow(max(0, milliseconds))
        return timers.set(at: deadline.overflow ? .max : deadline.partialValue, body)
    }

    /// Does nothing if the timer has fired.
    public func cancel(_ timer: TimerID) {
        checkThread()
        timers.cancel(timer)
    }

    /// How many connections there are, those that are not open yet and those that are closing included.
    public var connectionCount: Int {
        checkThread()
        return connections.count
    }

    func checkThread() {
        guard let thread else { return }
        precondition(pthread_equal(thread, pthread_self()) != 0, "a loop is used on its own thread")
    }

    func nextListener() -> ListenerID {
        lastListener += 1
        return ListenerID(number: lastListener)
    }

    func nextAttempt() -> AttemptID {
        lastAttempt += 1
        return AttemptID(number: lastAttempt)
    }

    // MARK: A turn

    private var timeout: Int32 {
        if !dirty.isEmpty || !notices.isEmpty { return 0 }
        guard let deadline = timers.nextDeadline() else { return -1 }
        return Int32(clamping: max(0, deadline - monotonicMilliseconds()))
    }

    private func handle(_ event: epoll_event) {
        switch EventSource(event.data.u64) {
        case .submissions:
            for body in submissions.takeAll() { body() }
        case .listener(let id):
            if let listener = listeners[id] { accept(at: listener) }
        case .connection(let id):
            if let connection = connections[id] { handle(event.events, on: connection) }
        }
    }

    private func fireTimers() {
        let now = monotonicMilliseconds()
        while let body = timers.takeDue(at: now) { body() }
    }

    private func tellNotices() {
        while !notices.isEmpty {
            let told = notices
            notices = []
            guard let delegate else { return }
            for notice in told { notice.tell(delegate) }
        }
    }

    private func beginStop(_ flushMilliseconds: Int64) {
        guard !isStopping else { return }
        isStopping = true
        for id in listeners.keys.sorted(by: { $0.number < $1.number }) { stopListening(id) }
        for id in attempts.keys.sorted(by: { $0.number < $1.number }) { fail(id, .stopped) }
        for connection in connections.all { flushAndEnd(connection, .stopped) }
        after(milliseconds: flushMilliseconds) { [self] in
            for connection in connections.all { end(connection, .stopped, lingers: false) }
        }
    }

    /// Lets go of what may hold on to the loop.
    private func finish() {
        (delegate, thread) = (nil, nil)
        timers = Timers()
        submissions.close()
    }
}
