/// Where the registrar is dialled, and who has to answer there.
public struct RegistrarPlace: Hashable, Sendable {
    public let address: NodeAddress
    public let member: UInt32

    public init(_ address: NodeAddress, member: UInt32) {
        (self.address, self.member) = (address, member)
    }
}
