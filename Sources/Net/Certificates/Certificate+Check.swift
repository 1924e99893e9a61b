internal import COpenSSL
internal import Glibc

extension Certificate {
    /// Checks that an authority issued this certificate to a member of its chain, and that both are valid at a time.
    ///
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: whom it was issued to.
    @discardableResult
    public func check(issuedBy authority: Certificate, at now: Int64) throws(CertificateError) -> PeerIdentity {
        let context = try made { X509_STORE_CTX_new() }
        defer { X509_STORE_CTX_free(context) }
        let trusted = try made { atoll_certificates_new() }
        defer { atoll_certificates_free(trusted) }
        guard atoll_certificates_push(trusted, authority.pointer) > 0 else { throw .library(LibraryError.take().text) }
        try done { X509_STORE_CTX_init(context, nil, pointer, nil) }
        X509_STORE_CTX_set0_trusted_stack(context, trusted)
        X509_STORE_CTX_set_time(context, 0, time_t(now.flooredSeconds))
        guard X509_verify_cert(context) == 1 else {
            ERR_clear_error()
            throw problem(X509_STORE_CTX_get_error(context), at: now)
        }
        return try identity(in: authority)
    }

    /// Whether it bears this key's signature: whoever has issued it, and whether it is valid at any time, is not looked at.
    public func isSigned(by key: PublicKey) -> Bool {
        defer { ERR_clear_error() }
        return X509_verify(pointer, key.pointer) == 1
    }

    /// The identity, if it is one of the authority's chain.
    func identity(in authority: Certificate) throws(CertificateError) -> PeerIdentity {
        let identity = try identity
        guard let chain = authority.identityURI, chain.member == nil, chain.chain == identity.chain else {
            throw .notAtoll(found: [identity.chain.description, authority.subject])
        }
        return identity
    }

    /// - Parameter code: why OpenSSL does not accept this certificate (`X509_V_ERR_...`).
    func problem(_ code: Int32, at now: Int64) -> CertificateError {
        let validity = try? validity
        return switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED: .expired(notAfter: validity?.upperBound ?? 0, now: now)
        case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid(notBefore: validity?.lowerBound ?? 0, now: now)
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_CERT_UNTRUSTED:
            .otherAuthority(issuer: issuer)
        case X509_V_ERR_INVALID_PURPOSE: .notAtoll(found: namesAsEvidence)
        default: .library(String(cString: X509_verify_cert_error_string(Int(code))))
        }
    }
}

extension Int64 {
    /// Milliseconds in whole seconds, towards the past.
    var flooredSeconds: Int64 { (self >= 0 ? self : self - 999) / 1_000 }
}
