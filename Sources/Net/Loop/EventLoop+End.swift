internal import Glibc

extension EventLoop {
    /// Ends a connection, of whatever state, and tells whoever knows of it.
    ///
    /// - Parameter lingers: whether the peer should get to read our last words.
    func end(_ connection: Connection, _ reason: CloseReason, lingers: Bool) {
        switch (connection.state, connection.origin) {
        case (.closed, _): return
        case (.lingering, _): return release(connection)
        case (.open, _): notices.append(.closed(connection.id, reason))
        case (.flushing(let first), _):
            // Whoever closes hears why it closed, unless it did not come to that.
            notices.append(.closed(connection.id, lingers ? first : reason))
        case (_, .initiated(let id)):
            attempts[id] = nil
            notices.append(.failed(id, reason))
        case (_, .accepted(let listener)): notices.append(.refused(connection.remote, listener, reason))
        }
        guard lingers else { return release(connection) }
        linger(connection)
    }

    /// Sends what waits, and ends the connection then, or when that takes too long.
    func flushAndEnd(_ connection: Connection, _ reason: CloseReason) {
        switch connection.state {
        case .open: break
        case .connecting, .handshaking: return end(connection, reason, lingers: false)
        case .flushing, .lingering, .closed: return
        }
        connection.state = .flushing(reason)
        markDirty(connection)
        updateInterest(connection)
        setDeadline(of: connection, options.flushTimeoutMilliseconds) { loop, connection in
            loop.end(connection, .timedOut(.flush), lingers: false)
        }
    }

    /// Says goodbye, and keeps the socket until the peer has, so that the system does not throw our last words away.
    private func linger(_ connection: Connection) {
        connection.state = .lingering
        connection.outgoing.removeAll()
        connection.tls?.sayGoodbye()
        connection.tls = nil
        connection.stash = []
        shutdown(connection.descriptor, Int32(SHUT_WR))
        updateInterest(connection)
        setDeadline(of: connection, options.lingerMilliseconds) { loop, connection in loop.release(connection) }
    }

    /// Closes the socket and forgets the connection.
    func release(_ connection: Connection) {
        guard connection.state != .closed else { return }
        connection.state = .closed
        clearDeadline(of: connection)
        connection.tls = nil
        connection.outgoing.removeAll()
        connections.remove(connection.id)
        // Closing takes it out of epoll too, because nobody else holds the socket.
        Glibc.close(connection.descriptor)
        resumeAccepting()
    }

    func setDeadline(
        of connection: Connection, _ milliseconds: Int64, _ body: @escaping (EventLoop, Connection) -> Void
    ) {
        clearDeadline(of: connection)
        let id = connection.id
        connection.deadline = after(milliseconds: milliseconds) { [weak self] in
            guard let self, let connection = connections[id] else { return }
            connection.deadline = nil
            body(self, connection)
        }
    }

    func clearDeadline(of connection: Connection) {
        if let deadline = connection.deadline { timers.cancel(deadline) }
        connection.deadline = nil
    }
}
