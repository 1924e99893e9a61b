internal import Net
internal import Replica
internal import Retail
internal import Sync

/// The registrar's decisions on who belongs to the chain: HQ's, or those of the headquarters that it has handed its office to.
/// Both a command and a running node call it, each as the one owner of the replica,
/// on its thread; every decision is durable when its method returns, and can be asked for again after a crash.
public struct Registrar {
    let directory: ReplicaDirectory
    let authority: CertificateAuthority
    /// Held here.
    let office: Office

    /// - Throws: `IdentityError.notHeadquarters`; `OfficeError.heldElsewhere` and `.notTakenIn`; what reading the keys throws.
    public init(_ directory: ReplicaDirectory) throws {
        self.directory = directory
        office = try Office(of: directory)
        guard office.holder == directory.card.member else {
            guard let term = office.terms.last else {
                throw IdentityError.notHeadquarters(directory: directory.path, name: directory.card.name)
            }
            guard term.holder != Office.unknownHolder else { throw OfficeError.holderUnknown(term: term.number) }
            throw OfficeError.heldElsewhere(
                holder: try Membership(of: directory).name(of: term.holder), since: term.since)
        }
        guard try Invitations.read(in: directory.path).term == office.number else { throw OfficeError.notTakenIn }
        authority = try NodeKeys.authority(in: directory.path)
    }

    /// What a machine is invited to be.
    public enum Role: Hashable, Sendable {
        /// A store with a till of its own.
        case store
        /// One of several tills of a store, by the store's name.
        case till(of: String)
        /// It holds everything, and can be handed the registrar's office.
        case headquarters
    }

    /// Invites a machine to become a member: one that is new, one whose invitation was not used, which then is worth nothing
    /// any more, or with `replaces` one that has to be put in the place of a member's machine.
    ///
    /// - Parameters:
    ///   - validMilliseconds: how long the token can be used.
    ///   - address: where this node is dialled; nil for what its record says.
    ///   - now: milliseconds since 1970.
    public func invite(
        _ name: String, replaces: Bool = false, as role: Role = .store, validMilliseconds: Int64,
        address: NodeAddress? = nil, at now: Int64
    ) throws -> InviteToken {
        guard MemberName.isValid(name) else { throw RegistrarError.invalidName(name) }
        let membership = try Membership(of: directory)
        guard let address = address ?? membership[directory.card.member]?.address else { throw RegistrarError.noAddress }
        let store = try store(for: role, membership)
        var invitations = try Invitations.read(in: directory.path)
        let member = try number(for: name, replaces: replaces, membership, invitations)
        let secret = SystemRandomNumberGenerator.bytes(InviteToken.secretCount)
        let token = InviteToken(
            chain: directory.card.chain, member: member, name: name,
            authority: try made { () throws(CertificateError) in try authority.certificate.fingerprint }, secret: secret,
            expires: now + validMilliseconds, address: address, registrar: directory.card.member)
        let invitation = Invitation(
            member: member, name: name, isHeadquarters: role == .headquarters, store: store,
            secretDigest: SHA256.digest(secret), expires: token.expires)
        invitations.add(invitation, at: now)
        try invitations.write(in: directory.path)
        return token
    }

    /// What revoking came to.
    public enum Revocation: Hashable, Sendable {
        case revoked(member: UInt32)
        /// It was never used: now it cannot be.
        case invitationWithdrawn(member: UInt32)
    }

    /// Keeps a member from syncing, and makes its unused invitation worthless. Its record stays, and what it sold.
    ///
    /// - Throws: `RegistrarError.alreadyRevoked`, with nothing left to do.
    @discardableResult
    public func revoke(_ name: String, reason: String? = nil, at now: Int64) throws -> Revocation {
        let membership = try Membership(of: directory)
        let invited = try Invitations.read(in: directory.path).invitation(named: name)
        guard let number = membership.member(named: name)?.number ?? invited?.member else {
            throw RegistrarError.unknownMember(name, known: membership.members.map(\.name))
        }
        guard number != directory.card.member else { throw RegistrarError.headquarters }
        try withdrawInvitation(of: number)
        guard let member = membership[number] else { return .invitationWithdrawn(member: number) }
        if let revocation = member.revocation {
            guard invited == nil else { return .invitationWithdrawn(member: number) }
            throw RegistrarError.alreadyRevoked(name, since: revocation.since)
        }
        try directory.replica.perform(at: now) { transaction in
            try MemberRecord(number: number).revoke(since: now, reason: reason, in: transaction)
        }
        return .revoked(member: number)
    }

    /// To be done before a member is kept out, because an invitation that is used later would let it in again.
    func withdrawInvitation(of member: UInt32) throws {
        var invitations = try Invitations.read(in: directory.path)
        if invitations.withdraw(member) { try invitations.write(in: directory.path) }
    }

    /// Takes a revocation back, and a fence with it whose rights were not minted again.
    ///
    /// - Returns: the member's number.
    @discardableResult
    public func reinstate(_ name: String, at now: Int64) throws -> UInt32 {
        let membership = try Membership(of: directory)
        guard let member = membership.member(named: name) else {
            throw RegistrarError.unknownMember(name, known: membership.members.map(\.name))
        }
        guard member.revocation != nil else { throw RegistrarError.notRevoked(name) }
        let fence = try presentFence(of: member)
        if let minted = fence?.minted { throw RegistrarError.rightsMinted(name, since: minted) }
        try directory.replica.perform(at: now) { transaction in
            if fence != nil { try FenceRecord(of: member.number).lift(in: transaction) }
            try MemberRecord(number: member.number).reinstate(in: transaction)
        }
        return member.number
    }

    /// Gives the registrar's own node the next certificate, for the key that it has.
    ///
    /// - Returns: what to show from now on.
    public func renewOwnCertificate(
        lifetimeMilliseconds: Int64 = Renewal.lifetimeMilliseconds, at now: Int64
    ) throws -> NodeKeys {
        let (card, keys) = (directory.card, try NodeKeys.read(in: directory.path))
        let (renewed, der) = try made { () throws(CertificateError) in
            let certificate = try authority.issue(
                CertificateRequest(name: card.name, key: keys.key), member: card.member, name: card.name,
                notAfter: now + lifetimeMilliseconds, at: now)
            return (
                NodeKeys(authority: authority.certificate, certificate: certificate, key: keys.key), try certificate.der
            )
        }
        try directory.replica.perform(at: now) { transaction in
            try MemberRecord(number: card.member).renew(certificate: der, address: nil, in: transaction)
        }
        try renewed.replaceCertificate(in: directory.path)
        return renewed
    }

    /// - Returns: the number of the store that a till is to be in.
    private func store(for role: Role, _ membership: Membership) throws(RegistrarError) -> UInt32? {
        guard case .till(let name) = role else { return nil }
        guard let store = membership.member(named: name) else {
            throw .unknownMember(name, known: membership.members.map(\.name))
        }
        guard store.store == nil, !store.isHeadquarters else { throw .notAStore(name) }
        return store.number
    }

    private func number(
        for name: String, replaces: Bool, _ membership: Membership, _ invitations: Invitations
    ) throws(RegistrarError) -> UInt32 {
        if let member = membership.member(named: name) {
            guard member.number != directory.card.member else { throw .headquarters }
            guard replaces else { throw .isMember(name, member: member.number, isRevoked: member.revocation != nil) }
            return member.number
        }
        guard !replaces else { throw .unknownMember(name, known: membership.members.map(\.name)) }
        // The same place, for nobody has taken it: whoever held the old token was never told that it is a member.
        if let invitation = invitations.invitation(named: name) { return invitation.member }
        let known = membership.members.map(\.number) + invitations.all.map(\.member)
        let number = max(invitations.nextMember, (known.max() ?? 0) + 1)
        guard number < 1 << 24 else { throw .chainIsFull }
        return number
    }
}
