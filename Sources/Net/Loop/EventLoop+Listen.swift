internal import CLinux
internal import Glibc

extension EventLoop {
    /// Takes connections in. A Unix socket's file can be reached by its owner alone; one that a dead process left behind is
    /// replaced, one at which somebody answers is not.
    ///
    /// - Parameter address: port 0 lets the system choose (see `address(of:)`).
    public func listen(at address: SocketAddress, _ security: Security) throws(NetError) -> ListenerID {
        checkThread()
        let listener = try Listener(nextListener(), at: address, security, backlog: options.backlog)
        listeners[listener.id] = listener
        watch(listener)
        return listener.id
    }

    /// Where a listener is; nil if it is none any more.
    public func address(of id: ListenerID) -> SocketAddress? {
        checkThread()
        return listeners[id]?.address
    }

    /// Connections that came in by it stay.
    public func stopListening(_ id: ListenerID) {
        checkThread()
        guard let listener = listeners.removeValue(forKey: id) else { return }
        if listener.isWatched { unwatch(listener.descriptor) }
    }

    /// Takes in those who wait, up to a turn's worth.
    func accept(at listener: Listener) {
        for _ in 0..<options.turnAccepts {
            guard hasDescriptor(for: listener) else { return pauseAccepting(listener, EMFILE) }
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let descriptor = withUnsafeMutablePointer(to: &storage) { name in
                uninterrupted { atoll_accept4(listener.descriptor, name, &length, newSocketFlags) }
            }
            guard descriptor >= 0 else { return pauseAccepting(listener, errno) }
            begin(descriptor, at: listener, from: SocketAddress(storage))
        }
        lookAgain(at: listener)
    }

    /// Whether one more connection leaves as many descriptors as are to be spared: the lowest free one is given first.
    private func hasDescriptor(for listener: Listener) -> Bool {
        guard listener.address.family != AF_UNIX else { return true }
        let lowestFree = fcntl(listener.descriptor, F_DUPFD_CLOEXEC, 0)
        guard lowestFree >= 0 else { return false }
        Glibc.close(lowestFree)
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return true }
        return UInt64(lowestFree) + UInt64(options.spareDescriptors) < limits.rlim_cur
    }

    /// Nobody may wait any more, and then epoll says nothing: whether descriptors suffice again shows one more look.
    private func lookAgain(at listener: Listener) {
        guard listener.isExhausted else { return }
        after(milliseconds: 0) { [self] in
            if let present = listeners[listener.id], present.isWatched, present.isExhausted { accept(at: present) }
        }
    }

    private func begin(_ descriptor: Int32, at listener: Listener, from remote: SocketAddress) {
        if listener.address.family != AF_UNIX { setOptions(of: descriptor) }
        let connection = connections.add {
            Connection($0, on: descriptor, .accepted(listener.id), to: remote, .handshaking)
        }
        connection.interest = connection.wantedInterest
        watch(descriptor, .connection(connection.id), for: connection.interest)
        begin(connection, listener.security, as: .server)
    }

    /// Deals with the reason why nobody could be taken in.
    private func pauseAccepting(_ listener: Listener, _ code: Int32) {
        switch code {
        case _ where SocketError.isWait(code):
            guard listener.isExhausted else { return }
            listener.isExhausted = false
            notices.append(.condition(.recovered, listener.id))
        case _ where SocketError.isExhaustion(code):
            unwatch(listener.descriptor)
            listener.isWatched = false
            // Others in the process may free descriptors too, so that it is worth looking now and then.
            if nextAccepting == nil { nextAccepting = after(milliseconds: 1_000) { [self] in resumeAccepting() } }
            guard !listener.isExhausted else { return }
            listener.isExhausted = true
            notices.append(.condition(.exhausted(errno: code), listener.id))
        case EBADF, EINVAL, ENOTSOCK, EOPNOTSUPP, EFAULT:
            notices.append(.condition(.failed(errno: code), listener.id))
            stopListening(listener.id)
        default:
            // Whoever wanted to connect has given up, or the network has; the next one may not have.
            break
        }
    }

    /// Watches the listeners again that had no descriptor for those who wait.
    func resumeAccepting() {
        guard let timer = nextAccepting else { return }
        cancel(timer)
        nextAccepting = nil
        for id in listeners.keys.sorted(by: { $0.number < $1.number }) {
            guard let listener = listeners[id], !listener.isWatched else { continue }
            watch(listener)
            // The kernel says that descriptors are short before it looks whether anybody waits.
            lookAgain(at: listener)
        }
    }

    private func watch(_ listener: Listener) {
        listener.isWatched = true
        watch(listener.descriptor, .listener(listener.id), for: UInt32(ATOLL_EPOLLIN))
    }

    func setOptions(of descriptor: Int32) {
        let tcp = Int32(IPPROTO_TCP)
        setOption(descriptor, tcp, TCP_NODELAY, 1)
        setOption(descriptor, tcp, TCP_USER_TIMEOUT, options.acknowledgementTimeoutMilliseconds)
        setOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        setOption(descriptor, tcp, TCP_KEEPIDLE, options.keepaliveIdleSeconds)
        setOption(descriptor, tcp, TCP_KEEPINTVL, options.keepaliveIntervalSeconds)
        setOption(descriptor, tcp, TCP_KEEPCNT, options.keepaliveCount)
    }
}
