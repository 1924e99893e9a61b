/// Somebody has not heard that a sale or a delivery is booked, and books it again at the same till: that must be refused.
struct Retries: Work {
    static let kind = "retries"

    /// In the whole chain.
    let perHour: Rate

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        var random = draft.streams.stream(.work, index)
        let booked = draft.events.filter { $0.act is Sell || $0.act is Receive }.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
        for time in draft.moments(perHour: perHour.value, &random) {
            guard let event = booked.prefix(while: { $0.time < time }).suffix(100).randomElement(using: &random) else {
                continue
            }
            draft.add(event.act, at: time)
        }
    }
}
