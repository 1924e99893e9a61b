extension EventLoop {
    /// Queues bytes; they leave at the end of the turn.
    ///
    /// - Returns: how many bytes wait now, these included; nil if the connection is not open, and then they are dropped. Whoever
    ///   finds it too many stops until `drained` is told.
    @discardableResult
    public func send(_ bytes: [UInt8], on id: ConnectionID) -> Int? {
        checkThread()
        guard let connection = connections[id], connection.state == .open else { return nil }
        connection.outgoing.append(bytes)
        if connection.outgoing.count > options.lowMarkBytes { connection.isAboveLowMark = true }
        markDirty(connection)
        return connection.outgoing.count
    }

    /// Takes nothing more from the peer, which the peer notices sooner or later. What the loop has already taken, at most a
    /// turn's bytes, is still told.
    public func pauseReading(_ id: ConnectionID) {
        setPaused(true, id)
    }

    public func resumeReading(_ id: ConnectionID) {
        setPaused(false, id)
    }

    private func setPaused(_ isPaused: Bool, _ id: ConnectionID) {
        checkThread()
        guard let connection = connections[id], connection.isPaused != isPaused else { return }
        connection.isPaused = isPaused
        updateInterest(connection)
    }

    /// Ends a connection; `closed` is told once with `.closedHere`, or with what happened first.
    ///
    /// - Parameter afterFlush: once what waits is sent; else it is dropped. What the peer sends meanwhile is dropped either way.
    public func close(_ id: ConnectionID, afterFlush: Bool) {
        checkThread()
        guard let connection = connections[id] else { return }
        switch connection.state {
        case .open where afterFlush: flushAndEnd(connection, .closedHere)
        case .open, .flushing: if !afterFlush { end(connection, .closedHere, lingers: connection.outgoing.isEmpty) }
        default: break
        }
    }

    /// The addresses of a connection's two ends; nil if it is gone.
    public func addresses(of id: ConnectionID) -> (local: SocketAddress, remote: SocketAddress)? {
        checkThread()
        return connections[id].map { (.of($0.descriptor, .local), $0.remote) }
    }

    func markDirty(_ connection: Connection) {
        guard !connection.isDirty else { return }
        connection.isDirty = true
        dirty.append(connection)
    }
}
