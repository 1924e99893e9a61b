/// Who a certificate says its holder is. Worth only as much as the check of the certificate that it comes from.
public struct PeerIdentity: Hashable, Sendable {
    public let chain: ChainID
    public let member: UInt32
    /// For people; nothing is decided by it.
    public let name: String
    /// Big-endian, without leading zeros.
    public let serial: [UInt8]
    /// Milliseconds since 1970, both inclusive.
    public let validity: ClosedRange<Int64>
    /// SHA-256 of the public key as the certificate holds it (SubjectPublicKeyInfo, DER). Stays through a renewal that keeps the key.
    public let publicKeyFingerprint: [UInt8]
    /// The certificate itself, DER.
    public let certificate: [UInt8]
}

/// Where an identity stands in a certificate: a URI `atoll:CHAIN/MEMBER` among the subject's alternative names, or
/// `atoll:CHAIN` for the chain's authority. CHAIN is 32 lower-case hexadecimal digits, MEMBER a decimal number without
/// leading zeros.
struct IdentityURI: Hashable {
    static let scheme = "atoll:"

    let chain: ChainID
    /// nil for the authority.
    let member: UInt32?

    init(chain: ChainID, member: UInt32?) {
        self.chain = chain
        self.member = member
    }

    /// - Returns: nil if the text is anything but the one form that `description` gives.
    init?(_ text: String) {
        guard text.hasPrefix(Self.scheme) else { return nil }
        let parts = text.dropFirst(Self.scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let chain = ChainID(hexadecimal: first), parts.count <= 2 else { return nil }
        self.chain = chain
        member = parts.count == 2 ? UInt32(parts[1]) : nil
        guard description == text else { return nil }
    }
}

extension IdentityURI: CustomStringConvertible {
    var description: String { "\(Self.scheme)\(chain)\(member.map { "/\($0)" } ?? "")" }
}
