internal import COpenSSL

/// A P-256 key that checks signatures.
///
/// `@unchecked Sendable`: nothing changes the key after `init`, and OpenSSL counts references atomically; no lock is needed.
public final class PublicKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes the reference over, also when it throws.
    init(owning pointer: OpaquePointer) throws(CertificateError) {
        self.pointer = pointer
        try checkIsP256(pointer)
    }

    /// - Parameter der: a SubjectPublicKeyInfo and nothing behind it.
    public convenience init(der: [UInt8]) throws(CertificateError) {
        try self.init(owning: decoded(der, .publicKey) { d2i_PUBKEY(nil, &$0, $1) })
    }

    deinit { EVP_PKEY_free(pointer) }

    /// SubjectPublicKeyInfo.
    public var der: [UInt8] {
        get throws(CertificateError) { try encoded { i2d_PUBKEY(pointer, $0) } }
    }

    /// SHA-256 of `der`.
    public var fingerprint: [UInt8] {
        get throws(CertificateError) { sha256(try der) }
    }

    /// - Parameter signature: ECDSA with SHA-256, DER; from anyone, so it may be any bytes.
    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// Refuses keys that are not of the one kind that chains use.
func checkIsP256(_ key: OpaquePointer) throws(CertificateError) {
    var name = [CChar](repeating: 0, count: 64)
    var length = 0
    let isCurve = EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1
    let curve = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    ERR_clear_error()
    guard isCurve, curve == "prime256v1" else {
        throw .unsupportedKey(isCurve ? curve : String(cString: EVP_PKEY_get0_type_name(key)))
    }
}

/// Reads one DER value that has to use up all of the bytes.
func decoded(
    _ der: [UInt8], _ kind: CertificateError.Kind,
    _ decode: (inout UnsafePointer<UInt8>?, Int) -> OpaquePointer?, free: (OpaquePointer?) -> Void = EVP_PKEY_free
) throws(CertificateError) -> OpaquePointer {
    let (value, used) = der.withUnsafeBufferPointer { buffer in
        var position = buffer.baseAddress
        let value = decode(&position, buffer.count)
        guard let start = buffer.baseAddress, let position else { return (value, 0) }
        return (value, position - start)
    }
    guard let value else { throw .malformed(kind, reason: LibraryError.take().text) }
    ERR_clear_error()
    guard used == der.count else {
        free(value)
        throw .malformed(kind, reason: "\(der.count - used) bytes follow")
    }
    return value
}
