/// A clock is set to a wrong time, for a while or for ever, and may run fast.
struct WrongClock: Fault {
    static let kind = "wrong_clock"

    /// 0 is HQ.
    let nodes: [Int]
    let from: Minutes
    /// Until somebody sets it right; never, if it is not said.
    let minutes: Minutes?
    /// By so many minutes; below 0 it goes back.
    let offMinutes: ClockOffsetMinutes
    let drift: ClockDrift?

    private enum CodingKeys: String, CodingKey {
        case nodes, from, minutes
        case offMinutes = "off_minutes"
        case drift = "drift_ppm"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        let jump = offMinutes.milliseconds
        for node in nodes {
            draft.add(
                SetClock(node: node, jumpMilliseconds: jump, driftPartsPerMillion: drift?.partsPerMillion),
                at: from.milliseconds)
            guard let minutes else { continue }
            draft.add(
                SetClock(node: node, jumpMilliseconds: -jump, driftPartsPerMillion: drift.map { _ in 0 }),
                at: from.milliseconds + minutes.milliseconds)
        }
    }
}
