/// Lines go and come back, for seconds or minutes, both ways or one.
struct Flapping: Fault {
    static let kind = "flapping"

    /// On each line.
    let perHour: Rate
    /// The longest; the others are shorter, most of them much.
    let minutes: Minutes

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case minutes
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for line in draft.lines {
            var random = draft.stream(index, line)
            for time in draft.moments(perHour: perHour.value, &random) {
                let share = Double.random(in: 0..<1, using: &random)
                let length = Int64(Double(minutes.milliseconds) * share * share) + 1
                let way = Int.random(in: 0..<4, using: &random)
                draft.cut(
                    between: line.one, line.other, way == 0 ? .up : way == 1 ? .down : .both, from: time, for: length)
            }
        }
    }
}
