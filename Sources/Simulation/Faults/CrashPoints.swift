/// Power goes in the middle of what a disk is asked: in a commit, in a checkpoint, and often again while the machine recovers.
struct CrashPoints: Fault {
    static let kind = "crash_points"

    /// At each machine, HQ included.
    let perHour: Rate
    /// How long a machine stays off at most.
    let minutes: Minutes

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for node in 0...draft.stores {
            var random = draft.streams.stream(.fault, index, UInt64(node))
            for time in draft.moments(perHour: perHour.value, &random) {
                var time = time
                fail(node, after: Int.random(in: 0..<60, using: &random), &time, &draft, &random)
                while Bool.random(using: &random) {
                    fail(node, after: Int.random(in: 0..<30, using: &random), &time, &draft, &random)
                    draft.add(SwitchOn(node: node), at: time)
                }
                wait(&time, &random)
                // One that has not struck by now is nothing to what comes.
                draft.add(MendDisk(node: node), at: time)
                draft.add(SwitchOn(node: node), at: time)
            }
        }
    }

    private func fail(
        _ node: Int, after count: Int, _ time: inout Int64, _ draft: inout PlanDraft, _ random: inout SeededRandom
    ) {
        let survival = Survival.allCases.randomElement(using: &random)
        draft.add(FailDisk(node: node, effect: .powerLoss, after: count, keeping: survival), at: time)
        wait(&time, &random)
    }

    private func wait(_ time: inout Int64, _ random: inout SeededRandom) {
        time += Int64.random(in: 1...max(1, minutes.milliseconds), using: &random)
    }
}
