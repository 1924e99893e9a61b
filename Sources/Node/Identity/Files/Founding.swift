internal import Net
internal import Replica
internal import Sync

/// Founds a chain: HQ's directory with the certificate authority, HQ's own certificate and its record.
public enum Founding {
    /// What was founded.
    public struct Founded: Hashable, Sendable {
        public let card: ReplicaCard
        public let configuration: NodeConfiguration
        /// SHA-256 of the authority's certificate.
        public let authority: [UInt8]
    }

    /// Makes HQ's directory as a whole, or leaves nothing.
    ///
    /// - Parameters:
    ///   - path: an empty directory, or a name that is free.
    ///   - address: where stores dial HQ.
    ///   - now: milliseconds since 1970.
    public static func found(
        at path: String, listen: NodeAddress, address: NodeAddress?, at now: Int64,
        lifetimeMilliseconds: Int64 = Renewal.lifetimeMilliseconds
    ) throws -> Founded {
        let draft = try NodeDraft(of: path)
        do {
            let card = ReplicaCard(
                chain: .random(), member: Access.founder, name: ChainRegister.headquarters,
                digestKey: SystemRandomNumberGenerator.bytes(16))
            let (authority, keys) = try made { () throws(CertificateError) in
                let authority = try CertificateAuthority(
                    founding: ChainID(card.chain), name: "Atoll chain \(card.chain)", at: now)
                let key = try PrivateKey()
                let certificate = try authority.issue(
                    CertificateRequest(name: card.name, key: key), member: card.member, name: card.name,
                    notAfter: now + lifetimeMilliseconds, at: now)
                return (authority, NodeKeys(authority: authority.certificate, certificate: certificate, key: key))
            }
            let configuration = NodeConfiguration(listen: listen, address: address)
            try draft.publish(card, keys, configuration, epoch: now) { replica, folder in
                try NodeKeys.write(authority, in: folder)
                let (der, fingerprint) = try made { () throws(CertificateError) in
                    (try keys.certificate.der, try keys.certificate.publicKey.fingerprint)
                }
                try replica.perform(at: now) { transaction in
                    let record = MemberRecord(number: card.member)
                    try record.enrol(
                        name: card.name, certificate: der, keys: (own: fingerprint, replaced: nil), address: address,
                        in: transaction)
                }
            }
            let fingerprint = try made { () throws(CertificateError) in try authority.certificate.fingerprint }
            return Founded(card: card, configuration: configuration, authority: fingerprint)
        } catch {
            draft.abandon()
            throw error
        }
    }
}

extension ChainID {
    init(_ chain: Hash128) { self.init(high: chain.high, low: chain.low) }
}
