internal import COpenSSL

/// An X.509 certificate.
///
/// `@unchecked Sendable`: nothing changes the certificate after `init`; OpenSSL counts references atomically and holds its
/// own lock where it caches what it has read.
public final class Certificate: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes the reference over.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// - Parameter der: one certificate and nothing behind it.
    public convenience init(der: [UInt8]) throws(CertificateError) {
        self.init(owning: try decoded(der, .certificate, { d2i_X509(nil, &$0, $1) }, free: X509_free))
    }

    /// - Parameter pem: the first certificate of a file.
    public convenience init(pem: [UInt8]) throws(CertificateError) {
        let bio = try MemoryBIO(pem)
        guard let certificate = PEM_read_bio_X509(bio.pointer, nil, nil, nil) else {
            throw .malformed(.certificate, reason: LibraryError.take().text)
        }
        self.init(owning: certificate)
    }

    deinit { X509_free(pointer) }

    public var der: [UInt8] {
        get throws(CertificateError) { try encoded { i2d_X509(pointer, $0) } }
    }

    public var pem: [UInt8] {
        get throws(CertificateError) {
            let bio = try MemoryBIO()
            try done { PEM_write_bio_X509(bio.pointer, pointer) }
            return bio.bytes
        }
    }

    /// SHA-256 of `der`: what a token of enrolment pins.
    public var fingerprint: [UInt8] {
        get throws(CertificateError) { sha256(try der) }
    }

    public var publicKey: PublicKey {
        get throws(CertificateError) {
            guard let key = X509_get_pubkey(pointer) else {
                throw .malformed(.publicKey, reason: LibraryError.take().text)
            }
            return try PublicKey(owning: key)
        }
    }

    /// Milliseconds since 1970, both inclusive.
    public var validity: ClosedRange<Int64> {
        get throws(CertificateError) {
            let begin = try milliseconds(X509_get0_notBefore(pointer))
            let end = try milliseconds(X509_get0_notAfter(pointer))
            guard begin <= end else { throw .validity(notBefore: begin, notAfter: end) }
            return begin...end
        }
    }

    /// Big-endian, without leading zeros.
    public var serial: [UInt8] {
        guard let number = X509_get0_serialNumber(pointer) else { return [] }
        return Array(
            UnsafeBufferPointer(start: ASN1_STRING_get0_data(number), count: Int(ASN1_STRING_length(number)))
        )
    }

    /// The subject's name on one line, for people.
    var subject: String { Self.line(X509_get_subject_name(pointer)) }

    var issuer: String { Self.line(X509_get_issuer_name(pointer)) }

    private static func line(_ name: OpaquePointer?) -> String {
        guard let text = X509_NAME_oneline(name, nil, 0) else { return "" }
        defer { CRYPTO_free(text, #fileID, #line) }
        return String(cString: text).evidence
    }
}

/// What a certificate's time is in milliseconds since 1970.
private func milliseconds(_ time: UnsafePointer<ASN1_TIME>?) throws(CertificateError) -> Int64 {
    var (days, seconds): (Int32, Int32) = (0, 0)
    guard let epoch = ASN1_TIME_set(nil, 0) else { throw .library(LibraryError.take().text) }
    defer { ASN1_STRING_free(epoch) }
    guard time != nil, ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else {
        throw .malformed(.certificate, reason: "a time that is none")
    }
    return (Int64(days) * 86_400 + Int64(seconds)) * 1_000
}
