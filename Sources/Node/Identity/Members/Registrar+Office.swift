internal import CRDT
internal import Net
internal import Replica
internal import Sync

/// Handing the office over.
extension Registrar {
    /// Makes another headquarters the registrar. When this returns, this member decides nothing any more, whoever has heard of
    /// it; the other one decides as soon as the grant and the bundle have come to it. So there are never two.
    ///
    /// - Parameter now: milliseconds since 1970.
    func handOver(to name: String, at now: Int64) throws -> OfficeHandover {
        let membership = try Membership(of: directory)
        guard let member = membership.member(named: name) else {
            throw RegistrarError.unknownMember(name, known: membership.members.map(\.name))
        }
        guard member.number != directory.card.member else { throw OfficeError.unfit(name, .holdsItAlready) }
        if try presentFence(of: member) != nil { throw OfficeError.unfit(name, .fenced) }
        guard member.revocation == nil else { throw OfficeError.unfit(name, .revoked) }
        guard member.isHeadquarters else { throw OfficeError.unfit(name, .store) }
        let number = office.number + 1
        // Sealed first: what cannot be sealed must not be granted.
        let bundle = try bundle(for: member, term: number)
        let term = try OfficeRecord(directory.replica, authority).grant(
            to: member.number, after: office, isTaken: false, at: now)
        try HandoverMark(term: number).write(in: directory.path)
        return OfficeHandover(
            term: number, member: member.number, name: name, since: term.since, bundle: bundle)
    }

    private func bundle(for member: Member, term: UInt64) throws -> [UInt8] {
        try OfficeSuccession(directory).bundle(for: member, term: term, authority)
    }
}
