internal import Glibc

/// Why a loop cannot be made, or cannot listen where it is told to. What is wrong with a connection is a `CloseReason`.
public enum NetError: Error, Hashable, Sendable {
    case malformedAddress(String)
    /// Someone listens there.
    case addressInUse(SocketAddress)
    case notPermitted(SocketAddress)
    /// A file that is no socket stands where one is to be.
    case notASocket(path: String)
    case pathLength(path: String, limit: Int)
    case system(operation: String, errno: Int32)
}

extension NetError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedAddress(let text): "\(text) is no IPv4 or IPv6 address"
        case .addressInUse(let address): "\(address) is in use: another process listens there"
        case .notPermitted(let address): "\(address): permission denied. Take a port above 1023, or another directory."
        case .notASocket(let path): "\(path): there is a file that is no socket. Move it away."
        case .pathLength(let path, let limit): "\(path): a socket's path has at most \(limit) bytes"
        case .system(let operation, let errno): "\(operation) failed: \(String(cString: strerror(errno)))"
        }
    }
}
