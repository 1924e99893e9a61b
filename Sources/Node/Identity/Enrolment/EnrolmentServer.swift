public import Net
internal import Replica
internal import Sync

/// The registrar's side of enrolment, without I/O: the bytes of a request in, those of the reply out. Used by the one owner of
/// its replica, on its thread. Another node, if the office was ever handed over, says who holds it now.
///
/// A token is marked as used by a machine's key, durably, before anything is granted; the member's record follows; then the
/// reply. So a token never lets a second machine in, and the first one gets its certificate however often it has to ask.
/// Attempts are not counted and not slowed: nobody guesses 128 random bits.
public struct EnrolmentServer {
    private let directory: ReplicaDirectory
    /// Nil where the office is not held, or what goes along with it has not come.
    private let authority: CertificateAuthority?
    private let office: Office
    private let trusted: ChainAuthority?
    private let lifetimeMilliseconds: Int64

    /// - Parameter lifetimeMilliseconds: how long certificates are valid.
    /// - Throws: what reading the authority's key throws.
    public init(
        _ directory: ReplicaDirectory, lifetimeMilliseconds: Int64 = Renewal.lifetimeMilliseconds
    ) throws {
        office = try Office(of: directory)
        trusted = try ChainAuthority(of: directory)
        let isHere = office.holder == directory.card.member
        guard isHere || office.number > 0 else {
            throw IdentityError.notHeadquarters(directory: directory.path, name: directory.card.name)
        }
        self.directory = directory
        self.lifetimeMilliseconds = lifetimeMilliseconds
        let isTakenIn = try isHere && Invitations.read(in: directory.path).term == office.number
        authority = isTakenIn ? try NodeKeys.authority(in: directory.path) : nil
    }

    /// Answers one request. Whatever it did is durable.
    ///
    /// - Parameters:
    ///   - request: a frame's body (`EnrolmentFrame`), from anyone.
    ///   - peer: whom the connection's verified certificate names; nil without one.
    ///   - now: milliseconds since 1970.
    public func answer(_ request: [UInt8], from peer: PeerIdentity?, at now: Int64) -> EnrolmentOutcome {
        do {
            let request = try EnrolmentRequest(body: request)
            guard request.chain == directory.card.chain else { throw EnrolmentRefusal.otherChain }
            guard let authority else { throw try elsewhere() }
            let (grant, event) = try grant(request, from: peer, authority, at: now)
            return EnrolmentOutcome(reply: EnrolmentFrame.encode(try EnrolmentReply.granted(grant).body()), event: event)
        } catch let refusal as EnrolmentRefusal {
            return EnrolmentOutcome(refusal, .refused(refusal))
        } catch {
            return EnrolmentOutcome(.unavailable, .failed(error))
        }
    }

    private func elsewhere() throws -> EnrolmentRefusal {
        guard office.holder != directory.card.member, office.holder != Office.unknownHolder else { return .unavailable }
        return .elsewhere(
            member: office.holder, address: try known(office.holder)?.address)
    }

    private func grant(
        _ request: EnrolmentRequest, from peer: PeerIdentity?, _ authority: CertificateAuthority, at now: Int64
    ) throws -> (EnrolmentGrant, EnrolmentOutcome.Event) {
        let (wish, key) = try Self.verified(request)
        switch request.purpose {
        case .enrol(let secret):
            let invitation = try use(secret, by: key, at: now)
            let certificate = try enrol(invitation, wish, key, request.address, authority, at: now)
            return (
                try grant(certificate, invitation.member, invitation.name, authority, at: now),
                .enrolled(member: invitation.member, name: invitation.name)
            )
        case .renew:
            let member = try member(for: peer, key)
            let certificate = try renew(member, wish, showing: peer, request.address, authority, at: now)
            return (
                try grant(certificate, member.number, member.name, authority, at: now),
                .renewed(member: member.number, name: member.name)
            )
        }
    }

    /// The machine's request for a certificate, and the fingerprint of the key that it proved to hold.
    private static func verified(_ request: EnrolmentRequest) throws(EnrolmentRefusal) -> (CertificateRequest, [UInt8]) {
        do throws(CertificateError) {
            let wish = try CertificateRequest(der: request.certificateRequest)
            return (wish, try wish.verifiedKey.fingerprint)
        } catch {
            throw .malformed
        }
    }

    /// Finds the invitation that a secret opens, and decides durably that this key is the one that it lets in.
    private func use(_ secret: [UInt8], by key: [UInt8], at now: Int64) throws -> Invitation {
        var invitations = try Invitations.read(in: directory.path)
        guard let invitation = invitations.invitation(for: secret) else { throw EnrolmentRefusal.unknownToken }
        if let used = invitation.usedBy {
            guard used == key else { throw EnrolmentRefusal.usedElsewhere }
        } else {
            guard now <= invitation.expires else { throw EnrolmentRefusal.expired(at: invitation.expires) }
            invitations.use(invitation, by: key)
            try invitations.write(in: directory.path)
        }
        return invitation
    }

    /// - Parameter invitation: as it was before this request.
    private func enrol(
        _ invitation: Invitation, _ wish: CertificateRequest, _ key: [UInt8], _ address: NodeAddress?,
        _ authority: CertificateAuthority, at now: Int64
    ) throws -> Certificate {
        let member = try known(invitation.member)
        if invitation.usedBy == key, let member, member.isHeld(by: key) {
            // The reply was lost.
            if let revocation = member.revocation { throw EnrolmentRefusal.revoked(since: revocation.since) }
            if let certificate = member.parsed, try certificate.isFresh(at: now) { return certificate }
        }
        let certificate = try issue(wish, invitation.member, invitation.name, authority, at: now)
        let der = try certificate.der
        let before = try? member?.publicKey?.fingerprint
        let appointment =
            invitation.isHeadquarters
            ? try Appointment(chain: directory.card.chain, member: invitation.member).signed(by: authority) : nil
        try directory.replica.perform(at: now) { transaction in
            let record = MemberRecord(number: invitation.member)
            try record.enrol(
                name: invitation.name, certificate: der, keys: (own: key, replaced: before), address: address,
                in: transaction)
            if let appointment { try record.appointHeadquarters(appointment, in: transaction) }
            if let store = invitation.store { try record.assign(to: store, in: transaction) }
        }
        return certificate
    }

    private func known(_ number: UInt32) throws -> Member? {
        try Member(number: number, in: directory.replica, trusted)
    }

    /// The member that a connection belongs to, if its machine may still speak for it and asks for its own key.
    private func member(for peer: PeerIdentity?, _ key: [UInt8]) throws -> Member {
        guard let peer, peer.chain == ChainID(directory.card.chain),
            let member = try known(peer.member)
        else { throw EnrolmentRefusal.notMember }
        if let revocation = member.revocation { throw EnrolmentRefusal.revoked(since: revocation.since) }
        guard peer.publicKeyFingerprint == key, member.isHeld(by: key) else { throw EnrolmentRefusal.replaced }
        return member
    }

    private func renew(
        _ member: Member, _ wish: CertificateRequest, showing peer: PeerIdentity?, _ address: NodeAddress?,
        _ authority: CertificateAuthority, at now: Int64
    ) throws -> Certificate {
        // The member has not got what it was granted the last time.
        if let certificate = member.parsed, certificate.serial != peer?.serial, try certificate.isFresh(at: now),
            address == nil || address == member.address
        {
            return certificate
        }
        let certificate = try issue(wish, member.number, member.name, authority, at: now)
        let der = try certificate.der
        try directory.replica.perform(at: now) { transaction in
            try MemberRecord(number: member.number).renew(certificate: der, address: address, in: transaction)
        }
        return certificate
    }

    private func issue(
        _ wish: CertificateRequest, _ member: UInt32, _ name: String, _ authority: CertificateAuthority, at now: Int64
    ) throws -> Certificate {
        try authority.issue(wish, member: member, name: name, notAfter: now + lifetimeMilliseconds, at: now)
    }

    private func grant(
        _ certificate: Certificate, _ member: UInt32, _ name: String, _ authority: CertificateAuthority, at now: Int64
    ) throws -> EnrolmentGrant {
        EnrolmentGrant(
            chain: directory.card.chain, member: member, name: name, digestKey: directory.card.digestKey,
            address: try known(directory.card.member)?.address, certificate: certificate,
            authority: authority.certificate, grantedAt: now)
    }
}

extension Certificate {
    /// Whether it holds, and need not be renewed yet.
    fileprivate func isFresh(at now: Int64) throws(CertificateError) -> Bool {
        let validity = try validity
        return validity.contains(now) && !Renewal.isDue(validity, at: now)
    }
}
