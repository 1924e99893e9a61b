internal import CCrypto

/// SHA-256, by libcrypto.
enum SHA256 {
    static func digest(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            var length: UInt32 = 0
            let isDone = EVP_Digest(bytes, bytes.count, buffer.baseAddress, &length, EVP_sha256(), nil) == 1
            precondition(isDone && length == 32, "SHA-256 gives 32 bytes")
            count = 32
        }
    }
}
