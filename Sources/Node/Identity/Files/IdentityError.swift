public import Net

/// Why a node's own keys and certificates are not what they should be.
public enum IdentityError: Error, Hashable, Sendable {
    /// A replica that never joined a chain over the network.
    case notANode(directory: String)
    /// Only HQ decides who belongs to the chain.
    case notHeadquarters(directory: String, name: String)
    /// A key or a certificate that is none, or fits nothing else here.
    case unusable(path: String, CertificateError)
    /// OpenSSL could not make a key or a certificate.
    case notMade(CertificateError)
}

extension IdentityError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notANode(let directory):
            "\(directory): this replica has no keys, so it belongs to no chain that works over the network. "
                + "Name a directory that atoll init or atoll join has made."
        case .notHeadquarters(let directory, let name):
            "\(directory): this is \(name), and only HQ decides who belongs to the chain. Name HQ's directory."
        case .unusable(let path, let error): "\(path): \(error). Put the file back from a backup."
        case .notMade(let error): "a key or a certificate could not be made: \(error)"
        }
    }
}
