/// Members are malicious: whoever has their certificates calls those that they have lines to, and does whatever does harm.
struct HostileMembers: Fault {
    static let kind = "hostile_members"

    let nodes: [Int]
    /// How often each of them calls somebody.
    let perHour: Rate
    /// What they do, each time one of them; all, if it is not said.
    let ways: [HostileWay]?

    private enum CodingKeys: String, CodingKey {
        case nodes, ways
        case perHour = "per_hour"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in nodes {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            let partners = draft.partners(of: node)
            for time in draft.moments(perHour: perHour.value, &random) {
                let to = partners[Int.random(in: 0..<partners.count, using: &random)]
                let way = (ways ?? HostileWay.allCases).randomElement(using: &random) ?? .garbage
                let others = (0..<draft.stores + 1).filter { $0 != node }
                let customer = "C\(Sales.rank(of: 20, &random) + 10_000)"
                draft.add(
                    Attack(node: node, to: to, way: way, inNameOf: others.randomElement(using: &random), customer: customer),
                    at: time)
            }
        }
    }
}
