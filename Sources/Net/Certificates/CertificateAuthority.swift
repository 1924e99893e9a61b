/// The one authority of a chain: it issues the members' certificates, and nothing below them.
public struct CertificateAuthority: Sendable {
    /// How much a certificate is older than its making, because clocks of stores are slow.
    public static let backdatingMilliseconds: Int64 = 3_600_000
    /// 30 years of 365 days.
    public static let lifetimeMilliseconds: Int64 = 30 * 365 * 86_400_000

    public let certificate: Certificate
    public let key: PrivateKey
    public let chain: ChainID

    /// Founds an authority, with a key of its own.
    ///
    /// - Parameter now: milliseconds since 1970.
    public init(founding chain: ChainID, name: String, at now: Int64) throws(CertificateError) {
        key = try PrivateKey()
        self.chain = chain
        let end = now.addingReportingOverflow(Self.lifetimeMilliseconds)
        let validity = try Self.validity(from: now, to: end.overflow ? now : end.partialValue)
        let template = CertificateTemplate(
            name: name, uri: IdentityURI(chain: chain, member: nil), validity: validity, publicKey: try key.publicKey)
        certificate = try template.signed(by: key, issuer: nil)
    }

    /// An authority that was founded before.
    ///
    /// - Throws: `.notAuthority` and `.keyMismatch`.
    public init(certificate: Certificate, key: PrivateKey) throws(CertificateError) {
        guard let uri = certificate.identityURI, uri.member == nil else {
            throw .notAuthority(subject: certificate.subject)
        }
        guard try certificate.publicKey.der == key.publicKey.der else { throw .keyMismatch }
        self.certificate = certificate
        self.key = key
        chain = uri.chain
    }

    /// Grants a request: whoever holds its key is now a member.
    ///
    /// - Parameters:
    ///   - name: 1 to 64 characters; for people.
    ///   - notAfter, now: milliseconds since 1970; whole seconds count.
    /// - Throws: `.badSignature` if the request was not signed by the key that it names.
    public func issue(
        _ request: CertificateRequest, member: UInt32, name: String, notAfter: Int64, at now: Int64
    ) throws(CertificateError) -> Certificate {
        let template = CertificateTemplate(
            name: name, uri: IdentityURI(chain: chain, member: member),
            validity: try Self.validity(from: now, to: notAfter), publicKey: try request.verifiedKey)
        return try template.signed(by: key, issuer: certificate)
    }

    private static func validity(from now: Int64, to end: Int64) throws(CertificateError) -> ClosedRange<Int64> {
        let begin = now.subtractingReportingOverflow(backdatingMilliseconds)
        guard !begin.overflow, begin.partialValue < end else { throw .validity(notBefore: now, notAfter: end) }
        return begin.partialValue...end
    }
}
