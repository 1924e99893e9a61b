/// Connections break in the middle of whatever they carry.
struct TornLines: Fault {
    static let kind = "torn_lines"

    /// At each store.
    let perHour: Rate

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
    }

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        for store in 1..<draft.stores + 1 {
            var random = draft.streams.stream(.fault, index, UInt64(store))
            for time in draft.moments(perHour: perHour.value, &random) { draft.add(TearLine(one: 0, other: store), at: time) }
        }
    }
}
