internal import CLinux
internal import Glibc

extension EventLoop {
    func watch(_ descriptor: Int32, _ source: EventSource, for events: UInt32) {
        control(EPOLL_CTL_ADD, descriptor, source, events)
    }

    func unwatch(_ descriptor: Int32) {
        _ = epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Watches a connection for what it waits for now, if that has changed.
    func updateInterest(_ connection: Connection) {
        let wanted = connection.wantedInterest
        guard wanted != connection.interest, connection.state != .closed else { return }
        connection.interest = wanted
        control(EPOLL_CTL_MOD, connection.descriptor, .connection(connection.id), wanted)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ source: EventSource, _ events: UInt32) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = source.word
        let result = epoll_ctl(poll, operation, descriptor, &event)
        precondition(result == 0, "epoll takes open descriptors, each once: errno \(errno)")
    }
}
