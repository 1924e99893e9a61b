/// Why the registrar grants no certificate. Moments are milliseconds since 1970.
public enum EnrolmentRefusal: Error, Hashable, Sendable {
    /// The request is none.
    case malformed
    /// The evidence is the highest version that HQ knows.
    case unsupportedVersion(UInt8)
    /// The request is for another chain than this.
    case otherChain
    /// HQ has no such invitation: it was withdrawn, or replaced by a newer one, or is long over.
    case unknownToken
    case expired(at: Int64)
    /// Another machine, or another key, has used the token.
    case usedElsewhere
    case revoked(since: Int64)
    /// A renewal by a machine in whose place there is another one, or with another key.
    case replaced
    /// A renewal over a connection without a member's certificate.
    case notMember
    /// HQ cannot write just now.
    case unavailable
    /// Another member is the registrar now, and is dialled there, if that is known.
    case elsewhere(member: UInt32, address: NodeAddress?)
}

extension EnrolmentRefusal {
    static let elsewhereCode: UInt8 = 11

    /// As it travels. 0 means granted.
    var code: UInt8 {
        switch self {
        case .malformed: 1
        case .unsupportedVersion: 2
        case .otherChain: 3
        case .unknownToken: 4
        case .expired: 5
        case .usedElsewhere: 6
        case .revoked: 7
        case .replaced: 8
        case .notMember: 9
        case .unavailable: 10
        case .elsewhere: Self.elsewhereCode
        }
    }

    /// What travels with the code: a moment, a version, a member or 0.
    var evidence: UInt64 {
        switch self {
        case .unsupportedVersion(let version): UInt64(version)
        case .elsewhere(let member, _): UInt64(member)
        case .expired(let moment), .revoked(let moment): UInt64(max(0, moment))
        default: 0
        }
    }

    /// - Parameter address: what follows behind code 11.
    /// - Returns: nil for a code that this version does not know.
    init?(code: UInt8, evidence: UInt64, address: NodeAddress? = nil) {
        let moment = Int64(clamping: evidence)
        switch code {
        case 1: self = .malformed
        case 2: self = .unsupportedVersion(UInt8(clamping: evidence))
        case 3: self = .otherChain
        case 4: self = .unknownToken
        case 5: self = .expired(at: moment)
        case 6: self = .usedElsewhere
        case 7: self = .revoked(since: moment)
        case 8: self = .replaced
        case 9: self = .notMember
        case 10: self = .unavailable
        case Self.elsewhereCode: self = .elsewhere(member: UInt32(clamping: evidence), address: address)
        default: return nil
        }
    }
}

extension EnrolmentRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed: "HQ does not understand the request. Use the same version of the program here and there."
        case .unsupportedVersion(let version):
            "HQ speaks version \(version) of enrolment. Use the same version of the program here and there."
        case .otherChain: "the request is for another chain. Ask that chain's HQ for a token."
        case .unknownToken:
            "HQ does not know the token: it was withdrawn, a newer one has taken its place, or it is long over. "
                + "Ask for a new one (atoll invite)."
        case .expired(let moment): "the token expired at \(Timestamp.text(moment)). Ask for a new one (atoll invite)."
        case .usedElsewhere:
            "the token was used by another machine. If that was not you, revoke the member at once (atoll revoke); "
                + "ask for a new token (atoll invite NAME --replace)."
        case .revoked(let since):
            "HQ revoked this member at \(Timestamp.text(since)). Ask HQ to take that back or for a new token "
                + "(atoll revoke --undo, atoll invite --replace)."
        case .replaced: "another machine has taken this one's place. Ask for a new token (atoll invite NAME --replace)."
        case .notMember: "the connection has no member's certificate. Join the chain first (atoll join)."
        case .elsewhere(let member, let address):
            "the registrar is member \(member) now\(address.map { ", at \($0)" } ?? ""), and does not answer to this. Ask there "
                + "for a new token (atoll invite)."
        case .unavailable: "HQ cannot enrol anybody just now. Look at HQ's log, and run this again."
        }
    }
}
