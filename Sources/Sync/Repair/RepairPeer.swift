internal import CRDT
internal import Replica

/// With whom a scope is compared, and what of its words is believed.
public struct RepairPeer: Hashable, Sendable {
    public let member: UInt32
    private let isHeadquarters: Bool
    private let isRegistrar: Bool
    /// This side holds the registrar's office: nobody stands above it.
    let speaksToRegistrar: Bool
    /// The one of both whose word counts for what a third one wrote: headquarters', and of two the registrar's. Nil for two that
    /// stand alike.
    let arbiter: UInt32?

    /// - Parameter own: the member whose replica is compared.
    public init(_ member: UInt32, of own: UInt32, _ access: Access) {
        self.member = member
        isHeadquarters = access.isHeadquarters(member)
        isRegistrar = member == access.office.holder
        speaksToRegistrar = own == access.office.holder
        let (here, there) = (access.stratum(of: own), access.stratum(of: member))
        arbiter = here == there ? nil : here < there ? own : member
    }

    /// Headquarters is believed, and every member about what it wrote itself: else whoever may relay could make up, or alter,
    /// what others have written long ago. In the scope `chain` only the registrar is believed about others: what it has decided
    /// is there.
    func vouches(for origin: Origin, in scope: Scope) -> Bool {
        origin.member == member || (scope == .chain ? isRegistrar : isHeadquarters)
    }
}
