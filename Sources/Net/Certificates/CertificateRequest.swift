internal import COpenSSL

/// A PKCS #10 request: a new member's public key, signed by the private key that never leaves it. The name is a wish; what a
/// certificate will say is the authority's to decide.
///
/// `@unchecked Sendable`: nothing changes the request after `init`; no lock is needed.
public final class CertificateRequest: @unchecked Sendable {
    let pointer: OpaquePointer

    /// - Parameter name: 1 to 64 characters.
    public init(name: String, key: PrivateKey) throws(CertificateError) {
        pointer = try made { X509_REQ_new() }
        try setCommonName(name, of: X509_REQ_get_subject_name(pointer))
        try done { X509_REQ_set_pubkey(pointer, key.pointer) }
        try done { X509_REQ_sign(pointer, key.pointer, EVP_sha256()) }
    }

    /// - Parameter der: one request and nothing behind it. Its signature is checked when it is granted.
    public init(der: [UInt8]) throws(CertificateError) {
        pointer = try decoded(der, .request, { d2i_X509_REQ(nil, &$0, $1) }, free: X509_REQ_free)
    }

    deinit { X509_REQ_free(pointer) }

    public var der: [UInt8] {
        get throws(CertificateError) { try encoded { i2d_X509_REQ(pointer, $0) } }
    }

    /// The key that asks, once it is proved that whoever asks holds it.
    ///
    /// - Throws: `.badSignature`
    public var verifiedKey: PublicKey {
        get throws(CertificateError) {
            guard let key = X509_REQ_get_pubkey(pointer) else {
                throw .malformed(.publicKey, reason: LibraryError.take().text)
            }
            let publicKey = try PublicKey(owning: key)
            guard X509_REQ_verify(pointer, key) == 1 else {
                ERR_clear_error()
                throw .badSignature
            }
            return publicKey
        }
    }
}

/// The most characters that X.509 lets a name have.
let commonNameLimit = 64

func setCommonName(_ name: String, of subject: OpaquePointer?) throws(CertificateError) {
    let length = name.unicodeScalars.count
    guard (1...commonNameLimit).contains(length) else { throw .nameLength(length, limit: commonNameLimit) }
    let bytes = Array(name.utf8)
    try done {
        X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0)
    }
}
