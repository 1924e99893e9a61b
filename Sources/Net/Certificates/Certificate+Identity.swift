internal import COpenSSL

extension Certificate {
    /// Who the certificate says its holder is. Whether to believe it is `check(issuedBy:at:)`'s to say.
    ///
    /// - Throws: `.notAtoll` if exactly one member of a chain is not named.
    public var identity: PeerIdentity {
        get throws(CertificateError) {
            guard let uri = identityURI, let member = uri.member else { throw .notAtoll(found: namesAsEvidence) }
            return PeerIdentity(
                chain: uri.chain, member: member, name: commonName, serial: serial, validity: try validity,
                publicKeyFingerprint: try publicKey.fingerprint, certificate: try der)
        }
    }

    /// What the certificate says in the one URI of ours; nil if there is none, more than one or a malformed one.
    var identityURI: IdentityURI? {
        let ours = names.filter { $0.hasPrefix(IdentityURI.scheme) }
        guard ours.count == 1 else { return nil }
        return IdentityURI(ours[0])
    }

    /// The URIs among the subject's alternative names.
    private var names: [String] {
        guard let names = X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil).map(OpaquePointer.init) else { return [] }
        defer { GENERAL_NAMES_free(names) }
        return (0..<atoll_names_count(names)).compactMap { index in
            atoll_names_uri(names, index).map(text)
        }
    }

    /// As much of the names as a line of a log can bear.
    var namesAsEvidence: [String] { names.prefix(4).map(\.evidence) }

    private var commonName: String {
        let name = X509_get_subject_name(pointer)
        let place = X509_NAME_get_index_by_NID(name, NID_commonName, -1)
        guard place >= 0, let value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place)) else { return "" }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&bytes, value)
        defer { CRYPTO_free(bytes, #fileID, #line) }
        guard count >= 0 else { return "" }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    }
}

private func text(_ string: UnsafePointer<ASN1_STRING>) -> String {
    let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
    return String(decoding: bytes, as: UTF8.self)
}

extension String {
    /// What a stranger wrote, cut short and in printable ASCII, so that it fits into a log and does nothing there.
    var evidence: String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(128).map { (0x20..<0x7f).contains($0.value) ? $0 : "?" }))
    }
}
