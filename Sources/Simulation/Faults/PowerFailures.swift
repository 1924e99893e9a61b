/// Machines lose power, at any moment, and come back; of what was not synced their disks keep some, all or nothing.
struct PowerFailures: Fault {
    static let kind = "power_failures"

    /// At each machine, HQ included.
    let perHour: Rate
    /// How long a machine stays off at most.
    let minutes: Minutes
    /// What disks keep; each time something else, if it is not said.
    let keeping: Survival?

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes, keeping
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            for time in draft.moments(perHour: perHour.value, &random) {
                let survival = keeping ?? Survival.allCases.randomElement(using: &random) ?? .nothing
                draft.add(LosePower(node: node, keeping: survival), at: time)
                draft.add(SwitchOn(node: node), at: time + Int64.random(in: 1...max(1, minutes.milliseconds), using: &random))
            }
        }
    }
}
