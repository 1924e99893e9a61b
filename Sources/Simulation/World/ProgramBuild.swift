internal import Replica
internal import Retail
internal import Sync

/// Which program runs on a machine: the real one, or one with a defect that an oracle must find.
enum ProgramBuild: String, Codable, CaseIterable, Sendable {
    case usual
    /// It adds digests up in a way of its own.
    case otherDigests = "other_digests"
    /// Its schema says nothing of customers: it keeps what others say of them, and shows nobody that they disagree.
    case noCustomers = "no_customers"
    /// Its sessions do not hear of what is new on it, and say that all is in sync.
    case deaf
    /// It hangs up as soon as a session is open, and dials again at once.
    case restless
    /// It sends on although the line takes nothing, and lets others send whatever they like.
    case boundless
    /// It decides nothing that others ask of the rights it holds.
    case tightFisted = "tight_fisted"
    /// It shows people of several values the one that has lost.
    case contrary
    /// It takes what the clock shows for the time of a zone two hours away.
    case otherZone = "other_zone"
    /// It takes any signature for the one that it should be.
    case credulous
    /// It takes over the rights of a lost store without waiting for anybody.
    case hasty
    /// It speaks with programs of any version.
    case anyVersion = "any_version"
    /// It never finds that everybody has seen a removal.
    case hoarding
    /// It speaks of another chain.
    case otherChain = "other_chain"

    /// - Parameter asked: the bounds that it should keep.
    func bounds(_ asked: SessionBounds) -> SessionBounds {
        guard self == .boundless else { return asked }
        var bounds = asked
        (bounds.creditBytes, bounds.waitingBytes) = (1 << 30, 1 << 30)
        return bounds
    }

    var schema: Schema {
        guard self == .noCustomers else { return QuotaSchema.schema }
        return Schema(QuotaSchema.schema.collections.filter { $0.number != RetailSchema.customer.number })
    }

    var digestKey: [UInt8] { [UInt8](repeating: self == .otherDigests ? 8 : 7, count: 16) }
}
