internal import CRDT
internal import Replica

/// Whether a delta of the scope `chain` comes from those who may write it.
///
/// Who may is said in that very scope: a member that was away, or joined a moment ago, gets the appointment of a second
/// headquarters and what that wrote in one delta. So it is judged by what is known here together with what the delta itself
/// says. Nobody can appoint itself so: appointments are the registrar's acts, and the grants of its office, which come before
/// all other records, are signed with the authority's key.
struct ChainCheck {
    /// What was known, and what the delta has told.
    private(set) var access: Access
    /// Who has done what only the registrar may; nil as long as nobody has.
    private(set) var usurper: UInt32?
    private let base: VersionVector
    /// The members whose transactions are new, ascending.
    private let writers: [UInt32]

    init(_ header: DeltaHeader, _ access: Access) {
        self.access = access
        base = header.base.vector
        let new = header.cut.points.filter { $0.point.sequence > header.base[$0.origin]?.sequence ?? 0 }
        writers = Set(new.map(\.origin.member)).sorted()
    }

    /// Who may not write there at all, as far as is known by now. It is final when all records have come, and for the
    /// registrar, who appoints all others, from the start.
    var stranger: UInt32? { writers.first { !access.mayWrite($0, .chain) } }

    /// - Throws: what is wrong with a record's bytes.
    mutating func take(_ records: [DeltaRecord], _ read: SessionCodecs.ChainReading) throws(CodecError) {
        access = read(access, records)
        for record in records where Office.collections.contains(record.key.collection) {
            for cell in try record.cells() where !base.covers(cell.dot) && !access.office.permits(cell.dot) {
                usurper = usurper ?? cell.dot.origin.member
            }
        }
    }
}

extension Session {
    /// Judges what a push brings of the scope `chain`; what nobody but the registrar may do refuses the scope.
    mutating func checkChain(_ delta: Delta) throws(SessionError) {
        guard suspended[.chain] == nil else { return }
        var check = ChainCheck(delta.header, access)
        try take(delta.records, in: &check)
        if let member = check.usurper { return refuse(.chain, .notPermitted(scope: .chain, member: member)) }
        if let member = check.stranger { throw .notPermitted(scope: .chain, member: member) }
        access = check.access
    }

    /// What a large delta of the scope `chain` is judged by; nil for other scopes.
    func beginChainCheck(_ header: DeltaHeader) throws(SessionError) -> ChainCheck? {
        guard header.scope == .chain, suspended[.chain] == nil else { return nil }
        let check = ChainCheck(header, access)
        if access.office.holder == parameters.origin.member, let member = check.stranger {
            throw .notPermitted(scope: .chain, member: member)
        }
        return check
    }

    /// - Returns: whether the scope goes on.
    mutating func goOn(_ records: [DeltaRecord], with check: inout ChainCheck?) throws(SessionError) -> Bool {
        guard var judged = check else { return true }
        try take(records, in: &judged)
        check = judged
        guard let member = judged.usurper else { return true }
        // Of a delta that was resumed, the part that explains this may be here already: next time it comes whole.
        requests.append(.unstage(.chain))
        refuse(.chain, .notPermitted(scope: .chain, member: member))
        return false
    }

    mutating func endChainCheck(_ check: ChainCheck?) throws(SessionError) {
        guard let check else { return }
        guard let member = check.stranger else {
            access = check.access
            return
        }
        requests.append(.unstage(.chain))
        throw .notPermitted(scope: .chain, member: member)
    }

    private func take(_ records: [DeltaRecord], in check: inout ChainCheck) throws(SessionError) {
        do throws(CodecError) {
            try check.take(records, codecs.readChain)
        } catch {
            throw .refused(reason: "\(error)")
        }
    }
}
