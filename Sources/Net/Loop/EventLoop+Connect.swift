internal import Glibc

extension EventLoop {
    /// Connects to an endpoint, trying each of a name's addresses in the system's order.
    ///
    /// - Returns: a name under which `opened` or `failed` is told later, never during the call.
    public func connect(to endpoint: Endpoint, _ security: Security) -> AttemptID {
        checkThread()
        let deadline = monotonicMilliseconds() + options.connectTimeoutMilliseconds
        let attempt = Attempt(nextAttempt(), security, deadline: deadline)
        attempts[attempt.id] = attempt
        switch endpoint {
        case .address(let address): attempt.addresses = [address]
        case .host(let name, let port):
            guard let address = try? SocketAddress(numeric: name, port: port) else {
                lookUp(name, port, for: attempt)
                return attempt.id
            }
            attempt.addresses = [address]
        }
        tryNextAddress(attempt)
        return attempt.id
    }

    /// Gives an attempt up; nothing is told about it any more. Does nothing once it has become a connection.
    public func cancel(_ id: AttemptID) {
        checkThread()
        guard let attempt = attempts.removeValue(forKey: id) else { return }
        if let connection = attempt.connection.flatMap({ connections[$0] }) { release(connection) }
    }

    private func lookUp(_ name: String, _ port: UInt16, for attempt: Attempt) {
        let id = attempt.id
        NameLookup.start(name, port: port) { [self] answer in
            submit { [self] in finishLookup(id, answer) }
        }
        after(milliseconds: options.connectTimeoutMilliseconds) { [weak self] in
            guard let attempt = self?.attempts[id], attempt.connection == nil else { return }
            self?.fail(id, .unknownHost(name, reason: "no answer in time"))
        }
    }

    private func finishLookup(_ id: AttemptID, _ answer: NameLookup.Answer) {
        guard let attempt = attempts[id] else { return }
        switch answer {
        case .success(let addresses):
            attempt.addresses = addresses
            tryNextAddress(attempt)
        case .failure(let reason): fail(id, reason)
        }
    }

    func tryNextAddress(_ attempt: Attempt) {
        attempt.connection = nil
        while !attempt.addresses.isEmpty {
            let left = attempt.deadline - monotonicMilliseconds()
            guard left > 0 else { return fail(attempt.id, .timedOut(.connection)) }
            // Each address gets its share of the time, so that a dead one does not use up all of it.
            let share = left / Int64(attempt.addresses.count)
            if connect(attempt, to: attempt.addresses.removeFirst(), within: share) { return }
        }
        fail(attempt.id, attempt.reason)
    }

    /// - Returns: whether there is something to wait for.
    private func connect(_ attempt: Attempt, to address: SocketAddress, within milliseconds: Int64) -> Bool {
        if case .unix(let path) = address, path.utf8.count > SocketAddress.pathLimit {
            attempt.reason = .unreachable(errno: ENAMETOOLONG)
            return false
        }
        let kind = streamSocketFlags
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else {
            attempt.reason = .system(operation: "socket", errno: errno)
            return false
        }
        if address.family != AF_UNIX { setOptions(of: descriptor) }
        let result = uninterrupted { address.withSystemAddress { Glibc.connect(descriptor, $0, $1) } }
        guard result == 0 || errno == EINPROGRESS else {
            attempt.reason = .unreachable(errno: errno)
            Glibc.close(descriptor)
            return false
        }
        let connection = connections.add {
            Connection($0, on: descriptor, .initiated(attempt.id), to: address, .connecting)
        }
        attempt.connection = connection.id
        connection.interest = connection.wantedInterest
        watch(descriptor, .connection(connection.id), for: connection.interest)
        setDeadline(of: connection, milliseconds) { loop, connection in
            attempt.reason = .timedOut(.connection)
            loop.release(connection)
            loop.tryNextAddress(attempt)
        }
        return true
    }

    /// TCP is there, or is refused.
    func finishConnecting(_ connection: Connection) {
        guard case .initiated(let id) = connection.origin, let attempt = attempts[id] else { return release(connection) }
        let code = socketError(of: connection.descriptor)
        guard code == 0 else {
            attempt.reason =
                switch code {
                case ETIMEDOUT: .timedOut(.connection)
                case ECONNRESET, EPIPE: .reset
                default: .unreachable(errno: code)
                }
            release(connection)
            return tryNextAddress(attempt)
        }
        connection.state = .handshaking
        begin(connection, attempt.security, as: .client)
    }

    func fail(_ id: AttemptID, _ reason: CloseReason) {
        guard let attempt = attempts.removeValue(forKey: id) else { return }
        if let connection = attempt.connection.flatMap({ connections[$0] }) { release(connection) }
        notices.append(.failed(id, reason))
    }

    func socketError(of descriptor: Int32) -> Int32 {
        var (code, length): (Int32, socklen_t) = (0, socklen_t(MemoryLayout<Int32>.size))
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }
}
