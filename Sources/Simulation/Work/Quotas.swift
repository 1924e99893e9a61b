internal import CRDT

/// Flash sales: HQ brings few rights into being, and all machines promise out of what they hold, ask HQ or each other for more, and
/// take promises back.
struct Quotas: Work {
    static let kind = "quotas"

    /// Promises in the whole chain.
    let perHour: Rate
    /// How many sales begin in an hour.
    let salesPerHour: Rate?
    /// Pieces in each sale.
    let pieces: Amount?

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case salesPerHour = "sales_per_hour"
        case pieces
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        var random = draft.streams.stream(.work, index)
        let later = draft.moments(perHour: salesPerHour?.value ?? 1, &random)
        let begins = [Int64(0)] + later
        for (number, time) in begins.enumerated() {
            draft.add(MintQuota(node: 0, quota: Self.name(number), amount: UInt64(pieces?.value ?? 100)), at: time)
        }
        for time in draft.moments(perHour: perHour.value, &random) {
            // Few sales are talked about: the newest.
            let newest = begins.count { $0 <= time } - 1
            let quota = Self.name(max(0, newest - Sales.rank(of: 3, &random)))
            let node = Int.random(in: 0...draft.stores, using: &random)
            let amount = UInt64.random(in: 1...3, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: draft.add(ReleaseQuota(node: node, quota: quota, amount: amount), at: time)
            case 1: draft.add(UseQuota(node: node, quota: quota, amount: amount, asking: nil), at: time)
            default:
                let other = Int.random(in: 0..<4, using: &random) == 0 ? Int.random(in: 0...draft.stores, using: &random) : 0
                let asked = other == node ? (node == 0 ? 1 : 0) : other
                draft.add(UseQuota(node: node, quota: quota, amount: amount, asking: asked), at: time)
            }
        }
    }

    private static func name(_ number: Int) -> String { "Q\(number + 1)" }

    /// Why nobody can do something with so much of a quota.
    static func flaw(of quota: String, _ amount: UInt64) -> String? {
        guard Identifier(quota) != nil else { return PlanError.malformedIdentifier(quota).description }
        return (1...1_000_000).contains(amount) ? nil : "amounts are 1 to 1000000"
    }
}
