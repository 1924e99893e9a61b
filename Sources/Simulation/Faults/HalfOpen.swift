/// Connections that only one end believes in, or both, and that carry nothing: whatever stands between forgets them.
struct HalfOpen: Fault {
    static let kind = "half_open"

    /// On each line.
    let perHour: Rate

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for line in draft.lines {
            var random = draft.stream(index, line)
            for time in draft.moments(perHour: perHour.value, &random) {
                let told = [line.one, line.other, nil].randomElement(using: &random) ?? nil
                draft.add(StrandLine(one: line.one, other: line.other, told: told), at: time)
            }
        }
    }
}
