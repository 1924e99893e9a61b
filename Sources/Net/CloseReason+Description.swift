internal import Glibc

extension CloseReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .closedHere: "closed by this side"
        case .stopped: "this side stops"
        case .peerClosed: "the peer said goodbye"
        case .truncated: "the stream ended without a goodbye: the peer's process died, or the line was cut"
        case .reset: "the peer's machine, or something between, reset the connection"
        case .timedOut(.connection): "nobody answered in time. Check the address, the network and the firewall."
        case .timedOut(.flush): "the peer did not take what it was sent in time"
        case .timedOut(.acknowledgement): "the peer's machine stopped answering: it is off, or the line is dead"
        case .handshakeTimeout(let milliseconds): "the TLS handshake was not done within \(milliseconds) ms"
        case .unreachable(let code): "no way to the address: \(Self.text(code)). Is the node running there?"
        case .unknownHost(let name, let reason): "\(name): \(reason). Check the name and the name server."
        case .notTLS(let bytes):
            "the other side does not speak TLS (it began with \(bytes.map { String($0, radix: 16) }.joined(separator: " ")))"
        case .tlsVersion(.ours): "the peer refuses TLS 1.3"
        case .tlsVersion(.theirs): "the peer has no TLS 1.3"
        case .corrupted(let reason): "the TLS stream is damaged: \(reason)"
        case .certificateMissing(.ours): "the peer demands a certificate, and we have none. Enrol first."
        case .certificateMissing(.theirs): "the peer showed no certificate"
        case .certificateExpired(let side, let notAfter, let now):
            "\(side.certificate) has expired\(Self.times(notAfter, now)). It has to be renewed, or a clock is wrong."
        case .certificateNotYetValid(let side, let notBefore, let now):
            "\(side.certificate) is not valid yet\(Self.times(notBefore, now)). A clock is wrong."
        case .certificateUnknownAuthority(let side, let issuer):
            "\(side.certificate) is of another chain's authority\(issuer.isEmpty ? "" : ": \(issuer)")"
        case .certificateNotAtoll(let side, let found):
            "\(side.certificate) names no member of this chain\(found.isEmpty ? "" : ": \(found.joined(separator: ", "))")"
        case .unexpectedPeer(.theirs, let member):
            "another member than expected answered\(member.map { ": \($0)" } ?? "")"
        case .unexpectedPeer(.ours, _): "the peer expected another member than us, or does not want this handshake"
        case .protocolMismatch(let ours): "no common application protocol; ours: \(ours.joined(separator: ", "))"
        case .system(let operation, let code): "\(operation) failed: \(Self.text(code))"
        case .other(let reason): "TLS failed: \(reason)"
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func times(_ limit: Int64, _ now: Int64) -> String {
        limit == 0 ? "" : " (its limit \(limit), now \(now), ms since 1970)"
    }
}

extension CloseReason.Side {
    fileprivate var certificate: String { self == .ours ? "our certificate" : "the peer's certificate" }
}
