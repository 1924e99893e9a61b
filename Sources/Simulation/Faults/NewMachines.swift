/// Machines break for good: some time later there is a new one, with nothing on its disk.
struct NewMachines: Fault {
    static let kind = "new_machines"

    /// At each machine, HQ included.
    let perHour: Rate
    /// How long it takes at most until there is a new one.
    let minutes: Minutes

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            for time in draft.moments(perHour: perHour.value, &random) {
                let later = time + Int64.random(in: 1...max(1, minutes.milliseconds), using: &random)
                draft.add(LosePower(node: node, keeping: .nothing), at: time)
                draft.add(ReplaceMachine(node: node), at: later)
                draft.add(SwitchOn(node: node), at: later + 100)
            }
        }
    }
}
