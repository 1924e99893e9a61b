internal import COpenSSL

/// Bytes that only the holder of a certificate's key can read: a CMS message (RFC 5652, RFC 5083) whose content is under
/// AES-256 in GCM, whose key is agreed upon with the certificate's (ECDH, SHA-256). `openssl cms -decrypt` opens it, too.
///
/// It proves nothing of who sealed it.
public enum SealedMessage {
    /// - Parameter content: not empty.
    /// - Returns: PEM.
    public static func seal(_ content: [UInt8], for recipient: Certificate) throws(CertificateError) -> [UInt8] {
        precondition(!content.isEmpty, "nothing is not worth a seal, and reads as a broken one")
        let flags = UInt32(CMS_BINARY)
        let message = try made { CMS_encrypt(nil, nil, EVP_aes_256_gcm(), flags | UInt32(CMS_PARTIAL)) }
        defer { CMS_ContentInfo_free(message) }
        let info = try made { CMS_add1_recipient_cert(message, recipient.pointer, UInt32(CMS_KEY_PARAM)) }
        try done { atoll_agree_with_sha256(info) }
        let input = try MemoryBIO(content)
        let output = try MemoryBIO()
        try done { CMS_final(message, input.pointer, nil, flags) }
        try done { PEM_write_bio_CMS(output.pointer, message) }
        return output.bytes
    }

    /// - Throws: `.malformed` for what is no such message; `.keyMismatch` for one that was sealed for another key, or changed.
    public static func open(_ pem: [UInt8], with key: PrivateKey) throws(CertificateError) -> [UInt8] {
        let input = try MemoryBIO(pem)
        guard let message = PEM_read_bio_CMS(input.pointer, nil, nil, nil) else {
            throw .malformed(.message, reason: LibraryError.take().text)
        }
        defer { CMS_ContentInfo_free(message) }
        let output = try MemoryBIO()
        // Without a certificate the recipient is not compared with one: the key alone must fit, whatever was renewed since.
        guard CMS_decrypt(message, key.pointer, nil, nil, output.pointer, UInt32(CMS_BINARY)) == 1 else {
            _ = LibraryError.take()
            throw .keyMismatch
        }
        let content = output.bytes
        // A message whose content has become unreadable as such has none, and OpenSSL finds nothing to authenticate.
        guard !content.isEmpty else { throw .malformed(.message, reason: "nothing is in it") }
        return content
    }
}
