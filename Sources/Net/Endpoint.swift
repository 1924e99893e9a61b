/// Where to connect to.
public enum Endpoint: Hashable, Sendable {
    /// A name, which is looked up, or an address in digits.
    case host(String, port: UInt16)
    case address(SocketAddress)
}

extension Endpoint: CustomStringConvertible {
    public var description: String {
        switch self {
        case .host(let name, let port): "\(name):\(port)"
        case .address(let address): address.description
        }
    }
}
