internal import Glibc

/// A socket that connections come in by. Closed with its last reference; the file of a Unix socket goes with it.
final class Listener {
    let id: ListenerID
    let descriptor: Int32
    let address: SocketAddress
    let security: Security
    /// No descriptor was left; told, and not over yet.
    var isExhausted = false
    /// epoll watches it.
    var isWatched = false
    /// The file that we made, so that a successor's is not removed.
    private let file: (device: dev_t, inode: ino_t)?

    init(_ id: ListenerID, at address: SocketAddress, _ security: Security, backlog: Int32) throws(NetError) {
        let kind = streamSocketFlags
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw .system(operation: "socket", errno: errno) }
        do throws(NetError) {
            try Self.bind(descriptor, to: address)
            guard Glibc.listen(descriptor, backlog) == 0 else { throw Self.error("listen", at: address, errno) }
        } catch {
            close(descriptor)
            throw error
        }
        self.id = id
        self.descriptor = descriptor
        self.security = security
        if case .unix(let path) = address {
            self.address = address
            file = Self.file(at: path).map { ($0.st_dev, $0.st_ino) }
        } else {
            self.address = .of(descriptor, .local)
            file = nil
        }
    }

    deinit {
        if case .unix(let path) = address, let file, let found = Self.file(at: path),
            (found.st_dev, found.st_ino) == file
        {
            unlink(path)
        }
        close(descriptor)
    }

    private static func bind(_ descriptor: Int32, to address: SocketAddress) throws(NetError) {
        guard case .unix(let path) = address else {
            setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            // Else a listener at `::` would take the same port of IPv4 away, or not, as the machine is set up.
            if address.family == AF_INET6 { setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
            return try bindOnce(descriptor, address)
        }
        guard path.utf8.count <= SocketAddress.pathLimit else {
            throw .pathLength(path: path, limit: SocketAddress.pathLimit)
        }
        // The file gets the socket's mode, so that there is no moment at which others can connect.
        guard fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 else { throw .system(operation: "fchmod", errno: errno) }
        do throws(NetError) {
            try bindOnce(descriptor, address)
        } catch .addressInUse {
            try removeStaleFile(at: path)
            try bindOnce(descriptor, address)
        }
    }

    private static func bindOnce(_ descriptor: Int32, _ address: SocketAddress) throws(NetError) {
        let result = address.withSystemAddress { Glibc.bind(descriptor, $0, $1) }
        if result != 0 { throw error("bind", at: address, errno) }
    }

    /// Removes a socket that a dead process left behind: one at which nobody answers.
    private static func removeStaleFile(at path: String) throws(NetError) {
        let address = SocketAddress.unix(path: path)
        guard let file = file(at: path) else { return }
        guard file.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let kind = streamSocketFlags
        let probe = socket(AF_UNIX, kind, 0)
        guard probe >= 0 else { throw .system(operation: "socket", errno: errno) }
        defer { close(probe) }
        let result = address.withSystemAddress { connect(probe, $0, $1) }
        guard result != 0, errno == ECONNREFUSED else { throw .addressInUse(address) }
        guard unlink(path) == 0 || errno == ENOENT else { throw error("unlink", at: address, errno) }
    }

    private static func file(at path: String) -> stat? {
        var file = stat()
        return lstat(path, &file) == 0 ? file : nil
    }

    private static func error(_ operation: String, at address: SocketAddress, _ code: Int32) -> NetError {
        switch code {
        case EADDRINUSE: .addressInUse(address)
        case EACCES, EPERM: .notPermitted(address)
        default: .system(operation: operation, errno: code)
        }
    }
}

/// Sets an option that merely improves things: whether the system grants it is not asked.
func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
}
