internal import COpenSSL

/// What an error of the TLS library means to whoever has to do something about it.
struct TLSFailure {
    private let error: LibraryError

    init(_ error: LibraryError) {
        self.error = error
    }

    func reason(protocols: [String]) -> CloseReason {
        guard error.isTLS else { return .corrupted(error.text) }
        if let alert, let reason = Self.reason(alert: alert, protocols: protocols) { return reason }
        switch error.reason {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return .certificateMissing(.theirs)
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_UNKNOWN_PROTOCOL, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_VERSION_TOO_LOW:
            return .tlsVersion(.theirs)
        case SSL_R_NO_APPLICATION_PROTOCOL: return .protocolMismatch(ours: protocols)
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_BAD_RECORD_TYPE, SSL_R_PACKET_LENGTH_TOO_LONG,
            SSL_R_ENCRYPTED_LENGTH_TOO_LONG, SSL_R_WRONG_VERSION_NUMBER, SSL_R_DIGEST_CHECK_FAILED, SSL_R_LENGTH_MISMATCH,
            SSL_R_UNEXPECTED_MESSAGE, SSL_R_BAD_SIGNATURE, SSL_R_DATA_LENGTH_TOO_LONG, SSL_R_RECORD_TOO_SMALL,
            SSL_R_INVALID_CCS_MESSAGE:
            return .corrupted(error.text)
        default: return .other(error.text)
        }
    }

    /// The number of the alert by which the peer ended the connection; nil if it was not the peer.
    private var alert: Int32? {
        let number = error.reason - Int32(ATOLL_ALERT_REASON_OFFSET)
        return (0...255).contains(number) ? number : nil
    }

    /// Alerts that say what the peer thinks of our certificate come after the client's own handshake is done: that is TLS 1.3.
    private static func reason(alert: Int32, protocols: [String]) -> CloseReason? {
        switch alert {
        case SSL_AD_CERTIFICATE_EXPIRED: .certificateExpired(.ours, notAfter: 0, now: 0)
        // What OpenSSL sends for a certificate that is not valid yet.
        case SSL_AD_BAD_CERTIFICATE: .certificateNotYetValid(.ours, notBefore: 0, now: 0)
        case SSL_AD_UNKNOWN_CA: .certificateUnknownAuthority(.ours, issuer: "")
        case SSL_AD_UNSUPPORTED_CERTIFICATE: .certificateNotAtoll(.ours, found: [])
        case SSL_AD_CERTIFICATE_REQUIRED: .certificateMissing(.ours)
        case SSL_AD_HANDSHAKE_FAILURE: .unexpectedPeer(.ours, member: nil)
        case SSL_AD_NO_APPLICATION_PROTOCOL: .protocolMismatch(ours: protocols)
        case SSL_AD_PROTOCOL_VERSION: .tlsVersion(.ours)
        case SSL_AD_BAD_RECORD_MAC, SSL_AD_DECODE_ERROR, SSL_AD_DECRYPT_ERROR, SSL_AD_RECORD_OVERFLOW,
            SSL_AD_UNEXPECTED_MESSAGE, SSL_AD_ILLEGAL_PARAMETER:
            .corrupted("the peer says so, alert \(alert)")
        default: nil
        }
    }
}
