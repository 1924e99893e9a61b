internal import CRDT
internal import Net
internal import Replica
internal import Retail
internal import Sync

/// A member that is lost, as its fence's record says.
struct Fence: Hashable {
    let member: UInt32
    /// Milliseconds since 1970.
    let since: Int64
    /// The transaction in the scope `chain` that stated it.
    let dot: Dot
    /// Nil if the record does not say anything that makes sense: then nothing is minted.
    let declaration: FenceDeclaration?
    /// The incarnations that HQ knew when it decided.
    let origins: Set<Origin>
    /// SHA-256 of the public key of the machine that is lost; nil if the member had none.
    let key: [UInt8]?
    let minted: Int64?

    /// - Returns: nil if the member is not fenced.
    init?(of member: UInt32, in replica: Replica) throws {
        let record = try replica.record(RetailSchema.fence(of: member))
        func value(_ field: UInt32) -> Value? { record.register(SlotKey(field: field))?.value }
        guard let winner = record.register(SlotKey(field: RetailSchema.Fence.since))?.winner,
            case .moment(let since) = winner.value
        else { return nil }
        (self.member, self.since, dot) = (member, since, winner.dot)
        declaration =
            switch (value(RetailSchema.Fence.destroyed), value(RetailSchema.Fence.exposure)) {
            case (.moment, _): .destroyed
            case (_, .text(let text)): .exposure(text)
            default: nil
            }
        origins = Set(
            record.elements(RetailSchema.Fence.origins).entries.compactMap { entry in
                if case .index(let origin) = entry.element { Origin(rawValue: origin) } else { nil }
            })
        key = if case .bytes(let key) = value(RetailSchema.Fence.key) { key } else { nil }
        minted = if case .moment(let minted) = value(RetailSchema.Fence.minted) { minted } else { nil }
    }

    /// The members that are fenced, ascending.
    static func members(in replica: Replica) throws -> [UInt32] {
        try replica.keys(of: .chain, collection: RetailSchema.fence.number).compactMap { key in
            guard let number = key.id.plainNumber, number < 1 << 24 else { return nil }
            return key == RetailSchema.fence(of: UInt32(number)) ? UInt32(number) : nil
        }
    }

    /// Whether another machine has taken the lost one's place since.
    func isReplaced(_ member: Member) -> Bool {
        guard let certificate = member.parsed, let held = try? certificate.publicKey.fingerprint else { return false }
        return held != key
    }

    /// Whether an incarnation is one of the lost ones. As long as no other machine is in its place, all of the member's are.
    func isLost(_ origin: Origin, of member: Member) -> Bool {
        origins.contains(origin) || origin.member == self.member && !isReplaced(member)
    }
}
