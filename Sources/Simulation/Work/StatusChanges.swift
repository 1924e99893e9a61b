/// Orders are moved on, at their own store or at HQ, in their order or not: settled here and returned there without either having
/// heard of the other.
struct StatusChanges: Work {
    static let kind = "status_changes"

    /// In the whole chain.
    let perHour: Rate

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        var random = draft.streams.stream(.work, index)
        let orders = draft.orders.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
        for time in draft.moments(perHour: perHour.value, &random) {
            let placed = orders.prefix { $0.time <= time }
            guard let order = placed.randomElement(using: &random) else { continue }
            let node = Int.random(in: 0..<3, using: &random) == 0 ? 0 : order.store
            let status = MoveStatus.Status.allCases.dropFirst().randomElement(using: &random) ?? .paid
            draft.add(MoveStatus(node: node, order: order.id, store: UInt32(order.store), status: status), at: time)
        }
    }
}
