internal import COpenSSL
internal import Glibc

/// What a certificate is to say, before it is signed.
struct CertificateTemplate {
    let name: String
    let uri: IdentityURI
    let validity: ClosedRange<Int64>
    let publicKey: PublicKey

    /// - Parameter issuer: nil for an authority, which signs for itself.
    func signed(by key: PrivateKey, issuer: Certificate?) throws(CertificateError) -> Certificate {
        let certificate = Certificate(owning: try made { X509_new() })
        let pointer = certificate.pointer
        try done { X509_set_version(pointer, Int(X509_VERSION_3)) }
        try setSerial(of: pointer)
        for (place, milliseconds) in [
            (X509_getm_notBefore(pointer), validity.lowerBound), (X509_getm_notAfter(pointer), validity.upperBound),
        ] {
            _ = try made { ASN1_TIME_set(place, time_t(milliseconds.flooredSeconds)) }
        }
        let subject = X509_get_subject_name(pointer)
        try setCommonName(name, of: subject)
        try done { X509_set_issuer_name(pointer, issuer.map { X509_get_subject_name($0.pointer) } ?? subject) }
        try done { X509_set_pubkey(pointer, publicKey.pointer) }
        for (kind, value) in extensions(isAuthority: issuer == nil) {
            try add(kind, value, to: pointer, issuer: issuer?.pointer ?? pointer)
        }
        try done { X509_sign(pointer, key.pointer, EVP_sha256()) }
        return certificate
    }

    /// 128 random bits: no serial tells how many there are, and none comes twice.
    private func setSerial(of certificate: OpaquePointer) throws(CertificateError) {
        let bytes = try randomBytes(16)
        let number = try made { BN_bin2bn(bytes, 16, nil) }
        defer { BN_free(number) }
        let serial = try made { BN_to_ASN1_INTEGER(number, nil) }
        defer { ASN1_STRING_free(serial) }
        try done { X509_set_serialNumber(certificate, serial) }
    }

    private func extensions(isAuthority: Bool) -> [(kind: Int32, value: String)] {
        let own =
            isAuthority
            ? [
                (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"), (NID_key_usage, "critical,keyCertSign,cRLSign"),
            ]
            : [
                (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, "clientAuth,serverAuth"),
            ]
        return own + [
            // The issuer's key is named by the identifier of the subject's, so that comes first in a self-signed one.
            (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always"),
            (NID_subject_alt_name, "URI:\(uri)"),
        ]
    }

    private func add(
        _ kind: Int32, _ value: String, to certificate: OpaquePointer, issuer: OpaquePointer
    ) throws(CertificateError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, certificate, nil, nil, 0)
        let made = try made { X509V3_EXT_conf_nid(nil, &context, kind, value) }
        defer { X509_EXTENSION_free(made) }
        try done { X509_add_ext(certificate, made, -1) }
    }
}
