/// Somebody puts an older copy of a disk back, and nobody tells the machine: it goes on where it was then.
struct OldDisks: Fault {
    static let kind = "old_disks"

    /// At each machine, HQ included.
    let perHour: Rate
    /// How old the copy is at most.
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
                draft.add(BackUp(node: node), at: time)
                draft.add(KillProgram(node: node), at: later)
                draft.add(PutBack(node: node), at: later + 100)
                draft.add(SwitchOn(node: node), at: later + Int64.random(in: 200...60_000, using: &random))
            }
        }
    }
}
