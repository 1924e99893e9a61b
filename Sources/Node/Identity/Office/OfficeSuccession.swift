internal import CRDT
internal import Net
internal import Replica
internal import Sync

/// The office in the hands of whoever does not hold it: taking in what goes along with it, making that again, and taking the
/// office of a registrar that is lost. Called by the owner of the replica.
struct OfficeSuccession {
    /// The numbers that a lost registrar may have given out last, and nobody here has heard of.
    private static let skippedNumbers: UInt32 = 1_000

    private let directory: ReplicaDirectory

    init(_ directory: ReplicaDirectory) {
        self.directory = directory
    }

    func bundle(for member: Member, term: UInt64, _ authority: CertificateAuthority) throws -> [UInt8] {
        guard let certificate = member.parsed else { throw OfficeError.unfit(member.name, .certificate) }
        return try OfficeBundle(
            chain: directory.card.chain, term: term, member: member.number,
            authorityKey: try made { () throws(CertificateError) in try authority.key.pem },
            invitations: try Invitations.read(in: directory.path)
        ).sealed(for: certificate)
    }

    /// Makes again, where the office was handed over last, what goes along with it: the file may have been lost.
    ///
    /// - Returns: nil if it was not handed over here to the member of that name.
    func repeated(to name: String) throws -> OfficeHandover? {
        let membership = try Membership(of: directory)
        guard let term = membership.office.terms.last, !term.isTaken, term.holder != directory.card.member,
            term.ended.keys.contains(where: { $0.member == directory.card.member }),
            let member = membership.member(named: name), member.number == term.holder,
            try NodeKeys.hasAuthority(in: directory.path)
        else { return nil }
        let bundle = try bundle(for: member, term: term.number, try NodeKeys.authority(in: directory.path))
        try HandoverMark(term: term.number).write(in: directory.path)
        return OfficeHandover(
            term: term.number, member: member.number, name: name, since: term.since, bundle: bundle)
    }

    /// Takes in what goes along with the office, as the member that was granted it: from then on it decides. The same bundle
    /// again changes nothing.
    ///
    /// - Returns: the number of the term.
    func accept(_ bundle: [UInt8]) throws -> UInt64 {
        let office = try Office(of: directory)
        let bundle = try OfficeBundle.open(bundle, with: try NodeKeys.read(in: directory.path).key)
        guard bundle.chain == directory.card.chain else { throw OfficeError.otherChain }
        guard bundle.term >= office.number else {
            throw OfficeError.staleBundle(term: bundle.term, present: office.number)
        }
        guard bundle.term == office.number, office.holder == directory.card.member else {
            throw OfficeError.notGranted(term: bundle.term)
        }
        let authority = try authority(bundle.authorityKey)
        let mine = try Invitations.read(in: directory.path)
        guard mine.term != bundle.term else { return bundle.term }
        var invitations = bundle.invitations
        invitations.reserve(below: mine.nextMember)
        try install(authority, invitations, term: bundle.term)
        return bundle.term
    }

    /// Takes the office of a registrar that a person declares lost, with the authority's key from a backup of its keys.
    ///
    /// The lost one is revoked in the same transaction, so that nobody who hears of it takes anything from it. Its open
    /// invitations are gone with it.
    ///
    /// - Parameters:
    ///   - key: PEM.
    ///   - now: milliseconds since 1970.
    /// - Returns: the number of the term.
    func take(_ key: [UInt8], at now: Int64) throws -> UInt64 {
        let membership = try Membership(of: directory)
        let (own, office) = (directory.card.member, membership.office)
        let authority = try authority(key)
        guard let member = membership[own], member.isHeadquarters else {
            throw OfficeError.unfit(directory.card.name, .store)
        }
        guard member.revocation == nil else { throw OfficeError.unfit(member.name, .revoked) }
        guard office.holder != own else {
            // It was granted; only what goes along with it is lost.
            guard try Invitations.read(in: directory.path).term != office.number else {
                throw OfficeError.unfit(member.name, .holdsItAlready)
            }
            try install(authority, try invitationsOfNobody(membership), term: office.number)
            return office.number
        }
        // First: what goes along, and no grant, would make this the registrar of a term that is handed to it later, without what
        // goes along with that.
        let term = try OfficeRecord(directory.replica, authority).grant(
            to: own, after: office, isTaken: true, at: now
        ) { transaction in
            guard let lost = membership[office.holder], lost.revocation == nil else { return }
            try MemberRecord(number: office.holder).revoke(
                since: now, reason: "lost with the registrar's office", in: transaction)
        }
        try install(authority, try invitationsOfNobody(membership), term: term.number)
        return term.number
    }

    /// What is known of invitations where the lost registrar's are gone: none, and no number that may be another's.
    private func invitationsOfNobody(_ membership: Membership) throws -> Invitations {
        let mine = try Invitations.read(in: directory.path)
        var invitations = Invitations(nextMember: mine.nextMember, all: [])
        let known = membership.members.map(\.number).max() ?? 0
        invitations.reserve(below: min(known + Self.skippedNumbers, 1 << 24))
        return invitations
    }

    private func install(_ authority: CertificateAuthority, _ invitations: Invitations, term: UInt64) throws {
        try NodeKeys.write(authority, in: directory.path)
        // Last: whoever has the invitations of a term that it holds decides.
        var invitations = invitations
        invitations.term = term
        try invitations.write(in: directory.path)
    }

    private func authority(_ key: [UInt8]) throws -> CertificateAuthority {
        let certificate = try NodeKeys.read(in: directory.path).authority
        do throws(CertificateError) {
            return try CertificateAuthority(certificate: certificate, key: try PrivateKey(pem: key))
        } catch {
            throw OfficeError.otherAuthority
        }
    }
}
