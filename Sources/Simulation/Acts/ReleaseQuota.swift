internal import CRDT
internal import Replica

/// Somebody takes back a promise that the same machine made; more than it has promised it cannot.
struct ReleaseQuota: Act {
    static let kind = "release_quota"
    static let isWork = true

    let node: Int
    let quota: String
    let amount: UInt64

    var nodes: [Int] { [node] }

    var flaw: String? { Quotas.flaw(of: quota, amount) }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let key = QuotaSchema.key(try Identifier(inPlan: quota))
        return try laboratory.write(at: node) { _, seen in
            let row = seen.rights(of: key, QuotaSchema.rights)[seen.writer] ?? RightsRow()
            guard row.used - row.released >= amount else { return nil }
            return [Effect(key, QuotaSchema.rights, .rights(.release(amount)))]
        } by: { [amount] transaction, _ in
            try transaction.changeEscrow(QuotaSchema.rights, of: key) { record, version throws(EscrowError) in
                try record.release(amount, of: QuotaSchema.rights, at: version)
            }
        }
    }
}
