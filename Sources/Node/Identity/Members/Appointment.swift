internal import CRDT
internal import Net
internal import Replica
internal import Retail

/// That a member is a headquarters, which holds and writes everything: signed, because no other record gives more power.
struct Appointment {
    private static let kind = "role"

    let chain: Hash128
    let member: UInt32

    private var content: [UInt8] {
        var writer = ByteWriter()
        writer.write(fixed64: chain.high)
        writer.write(fixed64: chain.low)
        writer.write(varint: UInt64(member))
        writer.write(varint: UInt64(RetailSchema.Member.headquarters))
        return writer.bytes
    }

    /// What the member's record holds.
    func signed(by authority: CertificateAuthority) throws(IdentityError) -> [UInt8] {
        try SignedStatement(content, as: Self.kind, signedBy: authority).bytes
    }

    /// Whether a member's role, as its record has it, is this appointment.
    func isMade(by role: Value?, signedBy authority: PublicKey) -> Bool {
        guard case .bytes(let bytes) = role, let statement = SignedStatement(bytes), statement.content == content else {
            return false
        }
        return statement.isSigned(as: Self.kind, by: authority)
    }
}
