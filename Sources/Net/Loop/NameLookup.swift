internal import Glibc

/// Looks a host's name up on a thread of its own, because the system's call for it blocks.
final class NameLookup: Sendable {
    typealias Answer = Result<[SocketAddress], CloseReason>

    private let name: String
    private let port: UInt16
    private let finished: @Sendable (Answer) -> Void

    /// - Parameter finished: called once, on the other thread.
    static func start(_ name: String, port: UInt16, finished: @escaping @Sendable (Answer) -> Void) {
        let lookup = NameLookup(name, port: port, finished: finished)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(lookup)
        let code = pthread_create(&thread, nil, runNameLookup, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            return finished(.failure(.system(operation: "starting a thread", errno: code)))
        }
        pthread_detach(thread)
    }

    private init(_ name: String, port: UInt16, finished: @escaping @Sendable (Answer) -> Void) {
        self.name = name
        self.port = port
        self.finished = finished
    }

    fileprivate func run() {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        let addresses = code == 0 ? sequence(first: list, next: { $0?.pointee.ai_next }).compactMap(address) : []
        guard addresses.isEmpty else { return finished(.success(addresses)) }
        finished(.failure(.unknownHost(name, reason: code == 0 ? "no address" : String(cString: gai_strerror(code)))))
    }

    private func address(_ entry: UnsafeMutablePointer<addrinfo>?) -> SocketAddress? {
        guard let entry, let source = entry.pointee.ai_addr else { return nil }
        var storage = sockaddr_storage()
        let length = min(Int(entry.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(start: source, count: length))
        }
        return switch SocketAddress(storage) {
        case .v4(let address, _): .v4(address: address, port: port)
        case .v6(let high, let low, let scope, _): .v6(high: high, low: low, scope: scope, port: port)
        case .unix: nil
        }
    }
}

private func runNameLookup(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<NameLookup>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
