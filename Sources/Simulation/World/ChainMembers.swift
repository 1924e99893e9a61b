internal import CRDT
internal import Replica
internal import Retail
internal import Sync

/// Who belongs to the chain, as the records in a machine's scope `chain` say: what a node's membership is, without certificates of
/// which anything can be read but their numbers.
struct ChainMembers: Hashable {
    /// Those that may not sync, ascending.
    private(set) var revoked: [UInt32] = []
    /// Which certificate each member has; those that have their first one are left out.
    private var certificates: [UInt32: Int64] = [:]
    /// The transactions that stated fences, by the lost member.
    private(set) var fences: [UInt32: Dot] = [:]

    init() {}

    init(reading replica: Replica) throws {
        for (key, number) in try Self.keys(of: RetailSchema.member, in: replica) {
            let record = try replica.record(key)
            if case .moment? = record.register(SlotKey(field: RetailSchema.Member.revoked))?.value { revoked.append(number) }
            if case .integer(let certificate)? = record.register(SlotKey(field: RetailSchema.Member.certificate))?.value {
                certificates[number] = certificate
            }
        }
        for (key, number) in try Self.keys(of: RetailSchema.fence, in: replica) {
            fences[number] = try replica.record(key).register(SlotKey(field: RetailSchema.Fence.since))?.winner.dot
        }
    }

    private static func keys(of collection: Collection, in replica: Replica) throws -> [(key: RecordKey, number: UInt32)] {
        try replica.keys(of: .chain, collection: collection.number).compactMap { key in
            key.id.plainNumber.flatMap(UInt32.init(exactly:)).map { (key, $0) }
        }
    }

    var access: Access {
        var access = Access()
        for member in revoked { access[member].isRevoked = true }
        return access
    }

    /// Whether a machine may not speak for a member: that one was revoked, or another machine has taken its place.
    func refuses(_ member: UInt32, _ certificate: Int64) -> Bool {
        revoked.contains(member) || certificate < certificates[member] ?? 1
    }
}
