/// Disks say that they have stored what they have not, until the power goes: what they keep is what was there at some moment.
struct LyingDisks: Fault {
    static let kind = "lying_disks"

    /// At each machine, HQ included.
    let perHour: Rate
    /// How long a disk lies at most.
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
                draft.add(ChangeDisk(node: node, syncLies: true), at: time)
                draft.add(LosePower(node: node, keeping: .prefix), at: later)
                draft.add(MendDisk(node: node), at: later)
                draft.add(SwitchOn(node: node), at: later + Int64.random(in: 200...60_000, using: &random))
            }
        }
    }
}
