internal import CRDT

/// With whom a scope is compared, and what of its words is believed.
public struct RepairPeer: Hashable, Sendable {
    public let member: UInt32
    /// Headquarters is believed, and every member about what it wrote itself: else whoever may relay could make up, or alter,
    /// what others have written long ago.
    let isHeadquarters: Bool
    /// This side holds the registrar's office: nobody stands above it.
    let speaksToRegistrar: Bool

    /// - Parameter own: the member whose replica is compared.
    public init(_ member: UInt32, of own: UInt32, _ access: Access) {
        self.member = member
        isHeadquarters = access.isHeadquarters(member)
        speaksToRegistrar = own == access.office.holder
    }

    func vouches(for origin: Origin) -> Bool { isHeadquarters || origin.member == member }
}
