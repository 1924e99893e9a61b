internal import COpenSSL
internal import Glibc

extension TLSSession {
    /// Checks the peer's certificate against the one authority, at the configuration's time.
    ///
    /// - Parameter store: an `X509_STORE_CTX` that OpenSSL filled with what the peer sent.
    /// - Returns: OpenSSL's code for what is wrong, by which it picks the alert that the peer gets.
    func verify(_ store: OpaquePointer) -> Int32 {
        guard let leaf = X509_STORE_CTX_get0_cert(store), X509_up_ref(leaf) == 1 else { return X509_V_ERR_UNSPECIFIED }
        let certificate = Certificate(owning: leaf)
        guard let authority = authority(in: store) else {
            refuse(.certificateUnknownAuthority(.theirs, issuer: certificate.issuer))
            return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT
        }
        let now = context.configuration.clock()
        guard let trusted = atoll_certificates_new() else { return X509_V_ERR_OUT_OF_MEM }
        defer { atoll_certificates_free(trusted) }
        guard atoll_certificates_push(trusted, authority.pointer) > 0 else { return X509_V_ERR_OUT_OF_MEM }
        X509_STORE_CTX_set0_trusted_stack(store, trusted)
        X509_STORE_CTX_set_time(store, 0, time_t(now.flooredSeconds))
        guard X509_verify_cert(store) == 1 else {
            let code = X509_STORE_CTX_get_error(store)
            refuse(CloseReason(.theirs, certificate.problem(code, at: now)))
            return code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code
        }
        return identify(certificate, in: authority)
    }

    private func identify(_ certificate: Certificate, in authority: Certificate) -> Int32 {
        do throws(CertificateError) {
            let identity = try certificate.identity(in: authority)
            if let expectation, expectation.member != identity.member {
                refuse(.unexpectedPeer(.theirs, member: identity.member))
                return X509_V_ERR_APPLICATION_VERIFICATION
            }
            peer = identity
            return X509_V_OK
        } catch {
            refuse(CloseReason(.theirs, error))
            return X509_V_ERR_INVALID_PURPOSE
        }
    }

    /// The certificate to trust: ours, or the one that the peer sent and we know the fingerprint of.
    private func authority(in store: OpaquePointer) -> Certificate? {
        switch context.configuration.trust {
        case .authority(let certificate): return certificate
        case .pinned(let fingerprint):
            let sent = X509_STORE_CTX_get0_untrusted(store)
            for index in 0..<atoll_certificates_count(sent) {
                guard let pointer = atoll_certificates_at(sent, index), X509_up_ref(pointer) == 1 else { continue }
                let certificate = Certificate(owning: pointer)
                if (try? certificate.fingerprint) == fingerprint { return certificate }
            }
            return nil
        }
    }
}
