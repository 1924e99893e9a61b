internal import CRDT
internal import Replica

/// Somebody promises pieces of a quota out of the rights that a machine holds. If they do not suffice it asks another one for more,
/// or, if nobody is to be asked, is refused.
struct UseQuota: Act {
    static let kind = "use_quota"
    static let isWork = true

    let node: Int
    let quota: String
    let amount: UInt64
    /// The machine that is asked.
    let asking: Int?

    private enum CodingKeys: String, CodingKey {
        case node, quota, amount, asking
    }

    /// So many times what is lacking is asked for.
    private static let reserve: UInt64 = 4

    var nodes: [Int] { [node] + (asking.map { [$0] } ?? []) }

    var flaw: String? { Quotas.flaw(of: quota, amount) }

    func perform(in laboratory: Laboratory) throws -> Bool {
        let key = QuotaSchema.key(try Identifier(inPlan: quota))
        guard let replica = laboratory.world.nodes[node].replica else { return false }
        // Nobody asks itself.
        let grantor = asking.flatMap { $0 == node ? nil : laboratory.world.nodes[$0].replica?.identity.origin }
        var change: RightsChange?
        return try laboratory.write(at: node) { _, seen in
            let rows = seen.rights(of: key, QuotaSchema.rights)
            if rows.rights(of: seen.writer) >= Int64(amount) {
                change = .use(amount)
            } else if let grantor {
                change = isWaiting(seen.writer, rows, replica) ? nil : .request(amount * Self.reserve, from: grantor)
                guard change != nil else { return [] }
            } else if asking != nil {
                return []
            }
            return change.map { [Effect(key, QuotaSchema.rights, .rights($0))] }
        } by: { [amount] transaction, _ in
            try transaction.changeEscrow(QuotaSchema.rights, of: key) { record, version throws(EscrowError) in
                guard case .request(let wanted, let grantor)? = change else {
                    return try record.use(amount, of: QuotaSchema.rights, at: version)
                }
                try record.requestRights(wanted, from: grantor, of: QuotaSchema.rights, at: version) { replica.isClosed($0) }
            }
        }
    }

    /// Whether an answer may still come.
    private func isWaiting(_ writer: Origin, _ rows: [Origin: RightsRow], _ replica: Replica) -> Bool {
        guard let grantor = rows[writer]?.request?.grantor, !replica.isClosed(grantor) else { return false }
        return rows.openRequest(of: writer, to: grantor) != nil
    }
}
