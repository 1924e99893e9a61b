import CCrypto

/// SHA-256 over bytes that come piece by piece, by libcrypto.
final class ContentDigest {
    private let context: OpaquePointer

    init() throws(CommandError) {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            throw CommandError(
                code: .storage,
                description: "the crypto library does not offer SHA-256. Install OpenSSL 3 with its default provider.")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func add(_ bytes: [UInt8]) {
        let isDone = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1 }
        precondition(isDone, "SHA-256 takes any bytes")
    }

    /// In hexadecimal. Nothing can be added afterwards.
    func finish() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let isDone = EVP_DigestFinal_ex(context, &digest, &count) == 1
        precondition(isDone && count == 32, "SHA-256 gives 32 bytes")
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
