public import Net

/// Why a machine got no certificate. Its key is kept where the same request may still be granted.
public enum EnrolmentError: Error, Hashable, Sendable {
    case refused(EnrolmentRefusal)
    /// No connection to HQ.
    case unreachable(NodeAddress, CloseReason)
    /// Somebody answers who is not this chain's HQ: the authority is another one than the token says.
    case otherAuthority(NodeAddress)
    /// What answers is no HQ of ours, or does not enrol.
    case otherProtocol(NodeAddress, CloseReason)
    /// The clocks differ so much that no certificate holds on both sides. HQ's is nil if it is not known. Milliseconds since
    /// 1970.
    case clocks(headquarters: Int64?, here: Int64)
    /// HQ's certificate has ended, by this machine's clock.
    case headquartersExpired(NodeAddress, notAfter: Int64, here: Int64)
    /// HQ does not take the certificate that a member shows for its renewal.
    case certificateRefused(NodeAddress, CloseReason)
    /// The connection ended after the request: it may have been granted.
    case replyLost(NodeAddress, CloseReason)
    /// What came is no frame of the protocol.
    case malformed(String)
    /// What was granted is not what was asked for.
    case inconsistent(String)
}

extension EnrolmentError {
    /// Whether HQ may have granted the request all the same, so that the same key has to be used again.
    var mayBeGranted: Bool {
        switch self {
        case .replyLost, .malformed, .inconsistent, .clocks: true
        case .refused(let refusal): refusal == .unavailable
        case .unreachable, .otherAuthority, .otherProtocol, .headquartersExpired, .certificateRefused: false
        }
    }
}

extension EnrolmentError {
    /// Whether it is about an address, so that HQ may answer at another one.
    var isElsewhere: Bool {
        switch self {
        case .unreachable, .otherAuthority, .otherProtocol: true
        default: false
        }
    }
}

extension EnrolmentError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let refusal): "\(refusal)"
        case .unreachable(let address, let reason):
            "HQ is not reachable at \(address) (\(reason)). Check that it runs there and that the line is up, "
                + "and run this again."
        case .otherAuthority(let address):
            "what answers at \(address) is not the HQ that made the token: its certificate is of another authority. "
                + "Check the address, and ask for a new token if HQ was founded anew."
        case .otherProtocol(let address, let reason):
            "what answers at \(address) is no Atoll HQ (\(reason)). Check host and port."
        case .clocks(let headquarters, let here):
            "the clocks of HQ and of this machine differ too much: here it is \(Timestamp.text(here))"
                + "\(headquarters.map { ", at HQ \(Timestamp.text($0))" } ?? ""). Set the clock that is wrong, and run this again."
        case .headquartersExpired(let address, let notAfter, let here):
            "the certificate of HQ at \(address) ended at \(Timestamp.text(notAfter)), and here it is "
                + "\(Timestamp.text(here)). If this clock is right, HQ has to renew its own: start it there (atoll serve)."
        case .certificateRefused(let address, let reason):
            "HQ at \(address) does not take this member's certificate (\(reason)). "
                + "Ask for a new token (atoll invite NAME --replace)."
        case .replyLost(let address, let reason):
            "the connection to \(address) ended before HQ had answered (\(reason)). Run this again: the same machine gets "
                + "the same answer."
        case .malformed(let reason): "what HQ said makes no sense (\(reason)). Use the same version here and there."
        case .inconsistent(let reason): "what HQ granted is not what was asked for: \(reason). Nothing was installed."
        }
    }
}
