internal import COpenSSL

/// Bytes on their way out of OpenSSL's PEM and DER writers, or into its readers.
struct MemoryBIO: ~Copyable {
    let pointer: OpaquePointer

    /// To write to.
    init() throws(CertificateError) {
        pointer = try made { BIO_new(BIO_s_mem()) }
    }

    /// To read from. The bytes are copied.
    init(_ bytes: [UInt8]) throws(CertificateError) {
        try self.init()
        // It takes all of them, or what reads them finds them cut off.
        _ = BIO_write(pointer, bytes, Int32(clamping: bytes.count))
    }

    deinit { BIO_free(pointer) }

    /// All that was written and not yet read.
    var bytes: [UInt8] {
        var start: UnsafePointer<UInt8>?
        let count = atoll_bio_bytes(pointer, &start)
        return Array(UnsafeBufferPointer(start: start, count: count))
    }
}

/// The bytes of something that OpenSSL encodes: called once for the length and once for the bytes.
func encoded(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) throws(CertificateError) -> [UInt8] {
    let length = encode(nil)
    guard length > 0 else { throw .library(LibraryError.take().text) }
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
        // OpenSSL moves the pointer that it is given.
        var end = buffer.baseAddress
        count = Int(max(0, encode(&end)))
    }
}
