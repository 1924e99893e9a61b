/// Why a connection ended or never came to be, in words that a person can act upon.
public enum CloseReason: Error, Hashable, Sendable {
    /// Whose certificate, or whose fault.
    public enum Side: String, Hashable, Sendable {
        case ours, theirs
    }

    /// What did not happen in time.
    public enum Wait: String, Hashable, Sendable {
        /// The TCP connection.
        case connection
        /// The peer does not take what it is sent.
        case flush
        /// The peer's machine does not answer: TCP's own keepalive or retransmissions gave up.
        case acknowledgement
    }

    /// Whoever uses the loop closed it.
    case closedHere
    /// The loop stops.
    case stopped
    /// The peer said goodbye: a TLS close_notify, or the end of a stream without TLS.
    case peerClosed
    /// The stream of a TLS connection ended without a goodbye: the peer's process died, or someone cut the line.
    case truncated
    /// The peer's machine, or something between, refused to go on.
    case reset
    case timedOut(Wait)
    /// The TLS handshake was not done in time.
    case handshakeTimeout(milliseconds: Int64)
    /// The TCP connection was refused, or there is no way to the address.
    case unreachable(errno: Int32)
    case unknownHost(String, reason: String)
    /// The peer speaks another protocol than TLS. The evidence is how it began.
    case notTLS(firstBytes: [UInt8])
    /// A peer that has no TLS 1.3.
    case tlsVersion(Side)
    /// What a TLS record said was not what was sent: damage, or an attack.
    case corrupted(String)
    case certificateMissing(Side)
    /// `notAfter` and `now` are milliseconds since 1970, and 0 if only the peer knows them.
    case certificateExpired(Side, notAfter: Int64, now: Int64)
    case certificateNotYetValid(Side, notBefore: Int64, now: Int64)
    /// The issuer is empty if only the peer knows why it refused.
    case certificateUnknownAuthority(Side, issuer: String)
    /// A certificate that names no member of the authority's chain.
    case certificateNotAtoll(Side, found: [String])
    /// The peer proved to be a member, but another one than was expected.
    case unexpectedPeer(Side, member: UInt32?)
    /// The two sides have no application protocol in common; what we offer or accept.
    case protocolMismatch(ours: [String])
    /// A system call that should have worked.
    case system(operation: String, errno: Int32)
    /// OpenSSL's reason.
    case other(String)
}

extension CloseReason {
    /// Why a certificate was refused, by what is wrong with it.
    init(_ side: Side, _ error: CertificateError) {
        self =
            switch error {
            case .expired(let notAfter, let now): .certificateExpired(side, notAfter: notAfter, now: now)
            case .notYetValid(let notBefore, let now): .certificateNotYetValid(side, notBefore: notBefore, now: now)
            case .otherAuthority(let issuer): .certificateUnknownAuthority(side, issuer: issuer)
            case .notAtoll(let found): .certificateNotAtoll(side, found: found)
            case .unsupportedKey(let name): .certificateNotAtoll(side, found: [name])
            default: .other(error.description)
            }
    }

    /// - Parameter errno: what a read, a write or `SO_ERROR` said about a socket that was connected.
    init(socketError errno: Int32) {
        self =
            switch errno {
            case SocketError.reset, SocketError.pipe, SocketError.aborted: .reset
            case SocketError.timedOut: .timedOut(.acknowledgement)
            default: .system(operation: "transfer", errno: errno)
            }
    }
}
