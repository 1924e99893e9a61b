/// What is wrong with a certificate, a key or a request, or with what someone wants to do with it.
public enum CertificateError: Error, Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case certificate, request, privateKey = "private key", publicKey = "public key"
        case message = "sealed message"
    }

    /// The bytes are not what they should be, or more follows.
    case malformed(Kind, reason: String)
    /// A key of another kind than P-256.
    case unsupportedKey(String)
    /// No identity of a member, or of an authority, where there should be one.
    case notAtoll(found: [String])
    case notAuthority(subject: String)
    /// The certificate was issued by someone else than this authority.
    case otherAuthority(issuer: String)
    case expired(notAfter: Int64, now: Int64)
    case notYetValid(notBefore: Int64, now: Int64)
    /// The request was not signed by the key that it names.
    case badSignature
    /// The key is not the one in the certificate.
    case keyMismatch
    case nameLength(Int, limit: Int)
    case validity(notBefore: Int64, notAfter: Int64)
    /// OpenSSL's own reason.
    case library(String)
}

extension CertificateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let kind, let reason): "this is no \(kind.rawValue): \(reason)"
        case .unsupportedKey(let name): "the key is of the kind \(name); P-256 is needed"
        case .notAtoll(let found):
            found.isEmpty
                ? "the certificate names no member of a chain"
                : "the certificate names no member of a chain, but \(found.joined(separator: ", "))"
        case .notAuthority(let subject): "the certificate of \(subject) is no chain's authority"
        case .otherAuthority(let issuer): "the certificate was issued by another authority: \(issuer)"
        case .expired(let notAfter, let now): "the certificate expired at \(notAfter) ms since 1970; it is \(now)"
        case .notYetValid(let notBefore, let now):
            "the certificate is valid from \(notBefore) ms since 1970; it is \(now). Check the clock."
        case .badSignature: "the request is not signed by its own key"
        case .keyMismatch: "the private key is not the certificate's"
        case .nameLength(let length, let limit): "the name has \(length) characters; 1 to \(limit) are possible"
        case .validity(let notBefore, let notAfter): "nothing is valid from \(notBefore) to \(notAfter) ms since 1970"
        case .library(let reason): "OpenSSL refuses: \(reason)"
        }
    }
}
