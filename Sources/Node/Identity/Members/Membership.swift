internal import CRDT
public import Net
public import Replica
internal import Retail
public import Sync

/// Who belongs to the chain, as the records in the scope `chain` say: a snapshot, to be read anew when that scope has changed.
public struct Membership: Hashable, Sendable {
    /// Ascending by number.
    public let members: [Member]
    /// What a session checks, for all members that are not like any other. Ten thousand sessions share one.
    public let access: Access

    /// Who decides for the chain.
    public var office: Office { access.office }

    /// - Parameter authority: whose word on the registrar's office counts; without it the founder holds that.
    /// - Throws: what the storage throws; a record that is damaged stands for a member that may not sync until it is mended,
    ///   unless it is the registrar's, because that mends it.
    public init(reading replica: Replica, signedBy authority: PublicKey? = nil) throws {
        let known = try authority.map { try ChainAuthority(of: replica.identity.chain, $0) }
        try self.init(replica, known, try Office(reading: replica, signedBy: authority))
    }

    private init(_ replica: Replica, _ authority: ChainAuthority?, _ office: Office) throws {
        members = try replica.keys(of: .chain, collection: RetailSchema.member.number).compactMap { key in
            guard let number = key.id.plainNumber, number < 1 << 24, key == RetailSchema.member(UInt32(number)) else {
                return nil
            }
            do {
                return Member(number: UInt32(number), try replica.record(key), authority)
            } catch is ReplicaError {
                return Member(unreadable: UInt32(number))
            }
        }
        access = Self.access(of: members, office)
    }

    /// As a node's own directory says, which knows the authority.
    public init(of directory: ReplicaDirectory) throws {
        try self.init(directory.replica, try ChainAuthority(of: directory), try Office(of: directory))
    }

    private static func access(of members: [Member], _ office: Office) -> Access {
        var access = Access()
        access.office = office
        for member in members {
            access[member.number] = Access.Member(
                isRevoked: member.isRefused && member.number != office.holder, regions: member.regions,
                isHeadquarters: member.isHeadquarters && member.number != Access.founder, store: member.store)
        }
        return access
    }

    public subscript(number: UInt32) -> Member? {
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low].number == number ? members[low] : nil
    }

    public func member(named name: String) -> Member? {
        members.first { $0.name == name && !$0.isUnreadable }
    }

    /// The key that a member's signed checkpoints are checked with.
    public func publicKey(of number: UInt32) -> PublicKey? { self[number]?.publicKey }

    /// A member's name, for people.
    func name(of number: UInt32) -> String {
        self[number]?.name ?? (number == Office.unknownHolder ? "nobody known" : "member \(number)")
    }

    /// Whether somebody whose certificate was verified may still speak for its member.
    ///
    /// A member that is not known here was enrolled a moment ago. A machine that the registrar has put another one in the place
    /// of does not count; of two of which that is not known here, the one whose certificate is the younger counts.
    ///
    /// - Returns: why not; nil if it may.
    public func refusal(of peer: PeerIdentity) -> MembershipRefusal? {
        guard let member = self[peer.member] else { return nil }
        if member.number != office.holder {
            if let revocation = member.revocation {
                return .revoked(name: member.name, since: revocation.since, reason: revocation.reason)
            }
            if member.isUnreadable { return .unreadable(member: member.number) }
        }
        // Nearly everybody shows the newest one, which need not be parsed for that.
        guard member.certificate != peer.certificate else { return nil }
        guard let certificate = member.parsed, let fingerprint = try? certificate.publicKey.fingerprint,
            let issued = try? certificate.validity.lowerBound
        else { return nil }
        guard fingerprint != peer.publicKeyFingerprint else { return nil }
        let isReplaced = member.replacedKeys.contains(peer.publicKeyFingerprint) || peer.validity.lowerBound <= issued
        return isReplaced ? .replaced(name: member.name) : nil
    }
}

/// Why somebody with a valid certificate may not speak for its member any more.
public enum MembershipRefusal: Error, Hashable, Sendable {
    /// `since` in milliseconds since 1970.
    case revoked(name: String, since: Int64, reason: String?)
    /// Another machine has taken this one's place.
    case replaced(name: String)
    /// What is known of the member is damaged here.
    case unreadable(member: UInt32)
}

extension MembershipRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .revoked(let name, let since, let reason):
            "\(name) was revoked at \(Timestamp.text(since))\(reason.map { ": \($0)" } ?? ""). It goes on selling, but does not "
                + "sync. HQ can take that back (atoll revoke \(name) --undo), or invite a machine in its place."
        case .replaced(let name): "another machine has taken the place of this one as \(name)."
        case .unreadable(let member): "the record of member \(member) is damaged here and has to be fetched again first."
        }
    }
}
