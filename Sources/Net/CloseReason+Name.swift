extension CloseReason {
    /// Its name, for logs and for people who look for it.
    public var name: String {
        switch self {
        case .closedHere: "closed_here"
        case .stopped: "stopped"
        case .peerClosed: "peer_closed"
        case .truncated: "truncated"
        case .reset: "reset"
        case .timedOut: "timed_out"
        case .handshakeTimeout: "handshake_timeout"
        case .unreachable: "unreachable"
        case .unknownHost: "unknown_host"
        case .notTLS: "not_tls"
        case .tlsVersion: "tls_version"
        case .corrupted: "corrupted"
        case .certificateMissing: "certificate_missing"
        case .certificateExpired: "certificate_expired"
        case .certificateNotYetValid: "certificate_not_yet_valid"
        case .certificateUnknownAuthority: "certificate_unknown_authority"
        case .certificateNotAtoll: "certificate_not_atoll"
        case .unexpectedPeer: "unexpected_peer"
        case .protocolMismatch: "protocol_mismatch"
        case .system: "system"
        case .other: "other"
        }
    }

    /// Whether a certificate, ours or theirs, is why: it will not be otherwise before somebody does something.
    public var isAboutCertificate: Bool {
        switch self {
        case .certificateMissing, .certificateExpired, .certificateNotYetValid, .certificateUnknownAuthority,
            .certificateNotAtoll:
            true
        default: false
        }
    }
}
