/// What a document of a till is.
public enum OrderKind: Int64, CaseIterable, Sendable {
    /// Goods over the counter.
    case sale = 0
    /// A customer's order that is picked up.
    case pickup = 1
    /// A customer's order that is delivered.
    case delivery = 2
    /// What a store orders from HQ.
    case replenishment = 3
    /// Goods taken back, against what was sold before.
    case refund = 4

    public var name: String {
        switch self {
        case .sale: "sale"
        case .pickup: "pickup"
        case .delivery: "delivery"
        case .replenishment: "replenishment"
        case .refund: "refund"
        }
    }

    public init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}
