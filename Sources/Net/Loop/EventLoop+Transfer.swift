internal import CLinux
internal import Glibc

extension EventLoop {
    /// Begins with a socket that is connected.
    func begin(_ connection: Connection, _ security: Security, as role: TLSSession.Role) {
        guard case .tls(let context, let expectation) = security else { return open(connection) }
        let session = TLSSession(
            context, as: role, on: connection.descriptor, expecting: role == .client ? expectation : nil)
        guard let session else { return end(connection, .other("no memory for TLS"), lingers: false) }
        connection.tls = session
        let limit = role == .client ? options.answerTimeoutMilliseconds : options.handshakeTimeoutMilliseconds
        setDeadline(of: connection, limit) { loop, connection in
            loop.end(connection, .handshakeTimeout(milliseconds: limit), lingers: false)
        }
        if role == .client { advance(connection) }
        updateInterest(connection)
    }

    private func open(_ connection: Connection) {
        connection.state = .open
        clearDeadline(of: connection)
        if case .initiated(let id) = connection.origin { attempts[id] = nil }
        updateInterest(connection)
        let opening = Opening(
            origin: connection.origin, peer: connection.tls?.peer,
            applicationProtocol: connection.tls?.applicationProtocol, local: .of(connection.descriptor, .local),
            remote: connection.remote)
        // Whoever wants to know it later has kept it.
        connection.tls?.peer = nil
        delegate?.opened(connection.id, opening)
    }

    func handle(_ events: UInt32, on connection: Connection) {
        if connection.state == .connecting { return finishConnecting(connection) }
        if events & UInt32(ATOLL_EPOLLOUT) != 0 {
            connection.needsRoom = false
            if !connection.stash.isEmpty || connection.state == .handshaking { advance(connection) }
            flush(connection)
        }
        let isBroken = events & UInt32(ATOLL_EPOLLERR | ATOLL_EPOLLHUP) != 0
        if events & UInt32(ATOLL_EPOLLIN) != 0 || isBroken && connection.interest & UInt32(ATOLL_EPOLLIN) != 0 {
            receive(connection)
        } else if isBroken {
            let code = socketError(of: connection.descriptor)
            end(connection, code == 0 ? .reset : CloseReason(socketError: code), lingers: false)
        }
    }

    // MARK: In

    /// Reads once, at most a turn's bytes: what remains makes the next turn, after the others'.
    private func receive(_ connection: Connection) {
        guard connection.state != .closed else { return }
        let count = uninterrupted { recv(connection.descriptor, input.baseAddress, input.count, 0) }
        guard count > 0 else {
            if count < 0, SocketError.isWait(errno) { return }
            return endOfInput(connection, errno: count < 0 ? errno : nil)
        }
        let bytes = UnsafeRawBufferPointer(rebasing: input[..<count])
        if connection.state == .lingering {
            connection.lingeredBytes += count
            // Somebody who just goes on sending does not listen.
            if connection.lingeredBytes > 4 * options.turnBytes { release(connection) }
        } else if connection.tls == nil {
            if connection.state == .open { delegate?.received(bytes.bytes, on: connection.id) }
        } else {
            guard connection.hasBegun || beginsTLS(connection, bytes) else { return }
            advance(connection, bytes)
        }
    }

    private func endOfInput(_ connection: Connection, errno code: Int32?) {
        let reason: CloseReason =
            if let code = code ?? connection.writeError {
                CloseReason(socketError: code)
            } else if connection.tls == nil {
                .peerClosed
            } else {
                .truncated
            }
        end(connection, reason, lingers: false)
    }

    /// Whether the peer's first byte is one that TLS begins with: a handshake's, or an alert's. Ends the connection if not.
    private func beginsTLS(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) -> Bool {
        connection.hasBegun = true
        if bytes[0] == 22 || bytes[0] == 21 { return true }
        connection.tls = nil
        end(connection, .notTLS(firstBytes: Array(bytes.prefix(8))), lingers: true)
        return false
    }

    /// Has TLS go on with what was received, until it needs more.
    private func advance(_ connection: Connection, _ bytes: UnsafeRawBufferPointer? = nil) {
        guard let tls = connection.tls else { return }
        let stash = connection.stash
        connection.stash = []
        let whole = stash.isEmpty ? [] : stash + (bytes.map(Array.init) ?? [])
        whole.withUnsafeBytes { stashed in
            tls.input = whole.isEmpty ? bytes ?? stashed : stashed
            while step(connection, tls) {}
            if !tls.input.isEmpty, connection.needsRoom { connection.stash = Array(tls.input) }
            tls.input = UnsafeRawBufferPointer(start: nil, count: 0)
        }
        updateInterest(connection)
    }

    /// - Returns: whether there may be more to do with what is there.
    private func step(_ connection: Connection, _ tls: TLSSession) -> Bool {
        let isHandshake = connection.state == .handshaking
        switch isHandshake ? tls.handshake() : tls.read(into: plain) {
        case .done(let count):
            if isHandshake {
                open(connection)
            } else if connection.state == .open {
                delegate?.received(UnsafeRawBufferPointer(rebasing: plain[..<count]).bytes, on: connection.id)
            }
            // The delegate may have closed it.
            return connection.tls === tls
        case .needsInput: return false
        case .needsRoom: connection.needsRoom = true
        case .ended: end(connection, .peerClosed, lingers: false)
        case .failed(let reason): end(connection, reason, lingers: true)
        }
        return false
    }

    // MARK: Out

    /// Sends what was queued in this turn. Who has more than a turn's worth comes again in the next.
    func flushDirty() {
        let connections = dirty
        dirty = []
        for connection in connections {
            connection.isDirty = false
            flush(connection)
        }
    }

    private func flush(_ connection: Connection) {
        guard connection.writeError == nil, !connection.needsRoom else { return }
        switch connection.state {
        case .open, .flushing: break
        default: return
        }
        var left = options.turnBytes
        while !connection.outgoing.isEmpty {
            guard left > 0 else { return markDirty(connection) }
            let sent = connection.outgoing.withNext { write($0, on: connection) }
            guard sent > 0 else { break }
            connection.outgoing.remove(sent)
            left -= sent
        }
        if connection.isAboveLowMark, connection.outgoing.count <= options.lowMarkBytes {
            connection.isAboveLowMark = false
            if connection.state == .open { notices.append(.drained(connection.id)) }
        }
        if case .flushing(let reason) = connection.state, connection.outgoing.isEmpty {
            return end(connection, reason, lingers: true)
        }
        updateInterest(connection)
    }

    /// - Returns: how many bytes the socket took; 0 if it takes no more for now, or ever.
    private func write(_ bytes: UnsafeRawBufferPointer, on connection: Connection) -> Int {
        guard let tls = connection.tls else {
            let flags = Int32(MSG_NOSIGNAL)
            let sent = uninterrupted { Glibc.send(connection.descriptor, bytes.baseAddress, bytes.count, flags) }
            if sent >= 0 { return sent }
            return stopWriting(connection, SocketError.isWait(errno) ? nil : errno)
        }
        switch tls.write(bytes) {
        case .done(let count): return count
        case .needsRoom, .needsInput, .ended: return stopWriting(connection, tls.writeError)
        case .failed(let reason):
            if let code = tls.writeError { return stopWriting(connection, code) }
            end(connection, reason, lingers: false)
            return 0
        }
    }

    /// - Parameter code: nil if there will be room again. Else the connection is not ended here: what the peer has sent before it
    ///   went, an alert most likely, says more than the failed write, and epoll is about to report it.
    private func stopWriting(_ connection: Connection, _ code: Int32?) -> Int {
        connection.writeError = code
        connection.needsRoom = code == nil
        if code != nil { connection.outgoing.removeAll() }
        return 0
    }
}
