internal import CRDT
internal import Net
internal import Replica
internal import Retail
internal import Sync

/// Writes terms of the registrar's office.
struct OfficeRecord {
    private let replica: Replica
    private let authority: CertificateAuthority

    init(_ replica: Replica, _ authority: CertificateAuthority) {
        (self.replica, self.authority) = (replica, authority)
    }

    /// Grants the next term, durably. From then on nothing counts that the present holder decides.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - more: what else is written in the same transaction.
    func grant(
        to member: UInt32, after office: Office, isTaken: Bool, at now: Int64, _ more: (Transaction) throws -> Void = { _ in }
    ) throws -> Office.Term {
        guard office.number < RetailSchema.Office.termLimit else { throw OfficeError.tooManyTerms }
        var ended: [Origin: UInt64] = [:]
        if !isTaken {
            for entry in replica.vector(of: .chain).entries where entry.origin.member == office.holder {
                ended[entry.origin] = entry.sequence
            }
            // The grant itself is the last act of the term that it ends.
            ended[replica.identity.origin, default: 0] += 1
        }
        let term = Office.Term(
            number: office.number + 1, holder: member, since: now, isTaken: isTaken, ended: ended)
        let bytes = try OfficeGrant(chain: replica.identity.chain, term: term).signed(by: authority)
        try replica.perform(at: now) { transaction in
            try transaction.set(
                RetailSchema.Office.grant, of: RetailSchema.office(term: term.number), to: .bytes(bytes))
            try more(transaction)
        }
        precondition(
            isTaken || replica.vector(of: .chain).sequence(of: replica.identity.origin) == ended[replica.identity.origin],
            "the grant is the next transaction")
        return term
    }
}
