/// Members are malicious: what others have written is altered on their disks, and passed on so.
struct AlteringMembers: Fault {
    static let kind = "altering_members"

    let nodes: [Int]
    /// How often at each of them.
    let perHour: Rate

    private enum CodingKeys: String, CodingKey {
        case nodes
        case perHour = "per_hour"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in nodes {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            for time in draft.moments(perHour: perHour.value, &random) {
                let other = Int.random(in: 0..<draft.stores, using: &random)
                draft.add(AlterRecord(node: node, inNameOf: other < node ? other : other + 1), at: time)
            }
        }
    }
}
