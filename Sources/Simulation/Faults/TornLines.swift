/// Connections break in the middle of whatever they carry.
struct TornLines: Fault {
    static let kind = "torn_lines"

    /// On each line.
    let perHour: Rate

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for line in draft.lines {
            var random = draft.stream(index, line)
            for time in draft.moments(perHour: perHour.value, &random) {
                draft.add(TearLine(one: line.other, other: line.one), at: time)
            }
        }
    }
}
