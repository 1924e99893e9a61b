internal import Glibc

/// Where a socket is: an IP address with its port, or a path.
public enum SocketAddress: Hashable, Sendable {
    case v4(address: UInt32, port: UInt16)
    case v6(high: UInt64, low: UInt64, scope: UInt32, port: UInt16)
    case unix(path: String)

    /// The most bytes of a path.
    public static let pathLimit = 107

    /// Another machine's end of a Unix socket, or whatever the system tells that we do not know.
    static let nameless = SocketAddress.unix(path: "")

    /// - Parameter address: IPv4 or IPv6 in digits, without brackets or zone; no name.
    public init(numeric address: String, port: UInt16) throws(NetError) {
        var (v4, v6) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, address, &v4) == 1 {
            self = .v4(address: UInt32(bigEndian: v4.s_addr), port: port)
        } else if inet_pton(AF_INET6, address, &v6) == 1 {
            let words = Self.words(v6)
            self = .v6(high: words.0, low: words.1, scope: 0, port: port)
        } else {
            throw .malformedAddress(address)
        }
    }

    public static func loopback(port: UInt16) -> SocketAddress { .v4(address: 0x7f00_0001, port: port) }

    /// nil for a path.
    public var port: UInt16? {
        switch self {
        case .v4(_, let port), .v6(_, _, _, let port): port
        case .unix: nil
        }
    }

    var family: Int32 {
        switch self {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    private static func words(_ address: in6_addr) -> (UInt64, UInt64) {
        withUnsafeBytes(of: address) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}

extension SocketAddress {
    /// Gives the address as the system's calls take it.
    ///
    /// A path must be at most `pathLimit` bytes long.
    func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let length = withUnsafeMutableBytes(of: &storage) { fill($0) }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }

    private func fill(_ storage: UnsafeMutableRawBufferPointer) -> Int {
        switch self {
        case .v4(let address, let port):
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            name.sin_addr.s_addr = address.bigEndian
            withUnsafeBytes(of: &name) { storage.copyMemory(from: $0) }
            return MemoryLayout<sockaddr_in>.size
        case .v6(let high, let low, let scope, let port):
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port.bigEndian
            name.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &name.sin6_addr) { bytes in
                bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            withUnsafeBytes(of: &name) { storage.copyMemory(from: $0) }
            return MemoryLayout<sockaddr_in6>.size
        case .unix(let path):
            precondition(path.utf8.count <= Self.pathLimit, "a path's length was checked before")
            storage.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
            let offset = MemoryLayout<sa_family_t>.size
            UnsafeMutableRawBufferPointer(rebasing: storage[offset...]).copyBytes(from: path.utf8)
            return offset + path.utf8.count + 1
        }
    }

    /// What the system wrote.
    init(_ storage: sockaddr_storage) {
        self = withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let name = bytes.loadUnaligned(as: sockaddr_in.self)
                return .v4(address: UInt32(bigEndian: name.sin_addr.s_addr), port: UInt16(bigEndian: name.sin_port))
            case AF_INET6:
                let name = bytes.loadUnaligned(as: sockaddr_in6.self)
                let words = Self.words(name.sin6_addr)
                return .v6(
                    high: words.0, low: words.1, scope: name.sin6_scope_id, port: UInt16(bigEndian: name.sin6_port))
            default: return .nameless
            }
        }
    }

    enum End {
        case local, remote
    }

    /// The address of one end of a socket.
    static func of(_ descriptor: Int32, _ end: End) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                end == .local ? getsockname(descriptor, name, &length) : getpeername(descriptor, name, &length)
            }
        }
        return result == 0 ? SocketAddress(storage) : .nameless
    }
}

extension SocketAddress {
    /// Without the port: by this a log knows somebody who comes again and again.
    public var hostText: String {
        let text = description
        guard port != nil, let colon = text.lastIndex(of: ":") else { return text }
        return String(text[..<colon])
    }
}

extension SocketAddress: CustomStringConvertible {
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch self {
        case .v4(let address, let port):
            var raw = in_addr(s_addr: address.bigEndian)
            _ = inet_ntop(AF_INET, &raw, &text, socklen_t(text.count))
            return "\(Self.string(text)):\(port)"
        case .v6(let high, let low, let scope, let port):
            var raw = (high.bigEndian, low.bigEndian)
            _ = inet_ntop(AF_INET6, &raw, &text, socklen_t(text.count))
            return "[\(Self.string(text))\(scope == 0 ? "" : "%\(scope)")]:\(port)"
        case .unix(let path): return path.isEmpty ? "a local process" : path
        }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
