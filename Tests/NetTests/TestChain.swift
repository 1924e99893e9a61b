import Net

/// A chain's authority and what its members show.
struct TestChain: Sendable {
    /// Midnight of 2026-01-01, UTC.
    static let now: Int64 = 1_767_225_600_000
    static let day: Int64 = 86_400_000

    let authority: CertificateAuthority

    init(_ low: UInt64 = 1) throws {
        authority = try CertificateAuthority(founding: ChainID(high: 0xfeed, low: low), name: "Chain \(low)", at: Self.now)
    }

    func credential(
        _ member: UInt32, notAfter: Int64 = now + 30 * day, at time: Int64 = now
    ) throws -> TLSConfiguration.Credential {
        let key = try PrivateKey()
        let request = try CertificateRequest(name: "store-\(member)", key: key)
        let certificate = try authority.issue(
            request, member: member, name: "store-\(member)", notAfter: notAfter, at: time)
        return .init(certificate: certificate, key: key, authority: authority.certificate)
    }

    static let sync = TLSConfiguration.ApplicationProtocol("atoll/1")
    static let enrol = TLSConfiguration.ApplicationProtocol("atoll-enrol/1", demandsCertificate: false)

    func context(
        _ credential: TLSConfiguration.Credential?, trust: TLSConfiguration.Trust? = nil,
        protocols: [TLSConfiguration.ApplicationProtocol] = [sync], at time: Int64 = now + day
    ) throws -> TLSContext {
        try TLSContext(
            TLSConfiguration(
                credential: credential, trust: trust ?? .authority(authority.certificate), protocols: protocols,
                clock: { time }))
    }

    /// A member's security, with its certificate valid.
    func security(_ member: UInt32, expecting expected: UInt32? = nil) throws -> Security {
        .tls(try context(try credential(member)), expecting: expected.map(PeerExpectation.init))
    }
}
