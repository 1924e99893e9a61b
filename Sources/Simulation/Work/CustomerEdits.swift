/// Few customers are edited at many stores: fields written over, tags added here and removed there, points
/// given and taken away.
struct CustomerEdits: Work {
    static let kind = "customer_edits"

    /// In the whole chain.
    let perHour: Rate
    let customers: Amount?

    private enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case customers
    }

    private static let tags = ["vip", "wholesale", "late", "allergy"]

    func plan(_ draft: inout PlanDraft, index: UInt64) {
        var random = draft.streams.stream(.work, index)
        for (number, time) in draft.moments(perHour: perHour.value, &random).enumerated() {
            let customer = Sales.rank(of: customers?.value ?? 20, &random)
            let tags = Self.tags.shuffled(using: &random)
            let isEmpty = Int.random(in: 0..<3, using: &random)
            draft.add(
                EditCustomer(
                    node: Int.random(in: 0...draft.stores, using: &random), customer: "C\(customer + 10_000)",
                    phone: isEmpty == 0 ? nil : "+49 \(number)",
                    tier: Bool.random(using: &random) ? ["gold", "silver", "none"].randomElement(using: &random) : nil,
                    addedTags: isEmpty == 1 ? [] : [tags[0]], removedTags: Bool.random(using: &random) ? [tags[1]] : [],
                    points: Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: -50...50, using: &random) : nil),
                at: time)
        }
    }
}
