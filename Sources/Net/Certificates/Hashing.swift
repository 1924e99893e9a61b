internal import COpenSSL

/// SHA-256.
func sha256(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
        var length: UInt32 = 0
        let isDone = EVP_Digest(bytes, bytes.count, buffer.baseAddress, &length, EVP_sha256(), nil) == 1
        precondition(isDone && length == 32, "SHA-256 gives 32 bytes")
        count = 32
    }
}

/// Bytes that nobody can foresee.
func randomBytes(_ count: Int32) throws(CertificateError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(count))
    let result = bytes.withUnsafeMutableBufferPointer { RAND_bytes($0.baseAddress, count) }
    try done { result }
    return bytes
}
