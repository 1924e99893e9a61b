internal import CRDT
internal import Replica

/// Somebody brings rights into being: so many pieces may be promised.
struct MintQuota: Act {
    static let kind = "mint_quota"
    static let isWork = true

    let node: Int
    let quota: String
    let amount: UInt64

    var nodes: [Int] { [node] }

    var flaw: String? { Quotas.flaw(of: quota, amount) }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let key = QuotaSchema.key(try Identifier(inPlan: quota))
        return try laboratory.write(at: node) { _, _ in
            [
                Effect(key, QuotaSchema.title, .assign(.text(quota))),
                Effect(key, QuotaSchema.rights, .rights(.mint(amount))),
            ]
        } by: { [quota, amount] transaction, _ in
            try transaction.set(QuotaSchema.title, of: key, to: .text(quota))
            try transaction.changeEscrow(QuotaSchema.rights, of: key) { record, version throws(EscrowError) in
                try record.mint(amount, in: QuotaSchema.rights, at: version)
            }
        }
    }
}
