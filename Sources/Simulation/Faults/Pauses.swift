/// Machines stop and go on later, as a laptop that was closed does, or a virtual machine that was moved.
struct Pauses: Fault {
    static let kind = "pauses"

    /// At each machine, HQ included.
    let perHour: Rate
    /// The longest; the others are shorter, most of them much.
    let minutes: Minutes

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            for time in draft.moments(perHour: perHour.value, &random) {
                let share = Double.random(in: 0..<1, using: &random)
                let length = Int64(Double(minutes.milliseconds) * share * share) + 1
                draft.add(PauseMachine(node: node, milliseconds: length), at: time)
            }
        }
    }
}
