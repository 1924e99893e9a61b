/// Programs are killed and started again.
struct Kills: Fault {
    static let kind = "kills"

    /// At each machine, HQ included.
    let perHour: Rate
    /// How long a program stays away at most.
    let minutes: Minutes

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            for time in draft.moments(perHour: perHour.value, &random) {
                draft.add(KillProgram(node: node), at: time)
                draft.add(SwitchOn(node: node), at: time + Int64.random(in: 1...max(1, minutes.milliseconds), using: &random))
            }
        }
    }
}
