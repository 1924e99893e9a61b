internal import COpenSSL

/// A P-256 key that signs. Its bytes never leave it but by `pem`.
///
/// `@unchecked Sendable`: nothing changes the key after `init`, and OpenSSL counts references atomically; no lock is needed.
public final class PrivateKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Draws a new key.
    public init() throws(CertificateError) {
        pointer = try made { atoll_make_p256_key() }
    }

    /// - Parameter pem: PKCS #8, not encrypted.
    public init(pem: [UInt8]) throws(CertificateError) {
        let bio = try MemoryBIO(pem)
        guard let key = PEM_read_bio_PrivateKey(bio.pointer, nil, refuseToAskForPassword, nil) else {
            throw .malformed(.privateKey, reason: LibraryError.take().text)
        }
        pointer = key
        try checkIsP256(key)
    }

    deinit { EVP_PKEY_free(pointer) }

    /// PKCS #8, not encrypted: keep it where only its owner reads.
    public var pem: [UInt8] {
        get throws(CertificateError) {
            let bio = try MemoryBIO()
            try done { PEM_write_bio_PKCS8PrivateKey(bio.pointer, pointer, nil, nil, 0, nil, nil) }
            return bio.bytes
        }
    }

    public var publicKey: PublicKey {
        get throws(CertificateError) {
            try PublicKey(der: try encoded { i2d_PUBKEY(pointer, $0) })
        }
    }

    /// - Returns: ECDSA with SHA-256, DER, at most 72 bytes; different each time.
    public func sign(_ message: [UInt8]) throws(CertificateError) -> [UInt8] {
        let context = try made { EVP_MD_CTX_new() }
        defer { EVP_MD_CTX_free(context) }
        try done { EVP_DigestSignInit(context, nil, EVP_sha256(), nil, pointer) }
        var length = 0
        try done { EVP_DigestSign(context, nil, &length, message, message.count) }
        var signature = [UInt8](repeating: 0, count: length)
        try done { EVP_DigestSign(context, &signature, &length, message, message.count) }
        return Array(signature.prefix(length))
    }
}

/// Without it, OpenSSL would ask at the terminal for the password of an encrypted key.
private func refuseToAskForPassword(
    _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?
) -> Int32 { -1 }
