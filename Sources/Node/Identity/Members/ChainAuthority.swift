internal import CRDT
internal import Net
internal import Replica

/// By what a replica tells what the authority of its chain has said from what members make up.
struct ChainAuthority: Hashable, Sendable {
    let chain: Hash128
    /// SubjectPublicKeyInfo, DER: a snapshot of ten thousand members shares it, and few are ever looked at so closely.
    private let der: [UInt8]

    init(of chain: Hash128, _ key: PublicKey) throws(IdentityError) {
        self.chain = chain
        der = try made { () throws(CertificateError) in try key.der }
    }

    /// - Returns: nil for a replica that never joined a chain over the network.
    init?(of directory: ReplicaDirectory) throws {
        guard let authority = try NodeKeys.authorityCertificate(in: directory.path) else { return nil }
        try self.init(
            of: directory.card.chain, try made { () throws(CertificateError) in try authority.publicKey })
    }

    /// Nil only for want of memory.
    var key: PublicKey? { try? PublicKey(der: der) }

    func hasAppointed(_ member: UInt32, _ role: Value?) -> Bool {
        guard role != nil, let key else { return false }
        return Appointment(chain: chain, member: member).isMade(by: role, signedBy: key)
    }

    /// Whether it has issued a certificate to that member, however long ago.
    func hasIssued(_ certificate: Certificate, to member: UInt32) -> Bool {
        guard let key, certificate.isSigned(by: key), let identity = try? certificate.identity else { return false }
        return identity.member == member && identity.chain == ChainID(chain)
    }
}
