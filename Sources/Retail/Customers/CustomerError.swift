public import CRDT

/// Why a customer's record or account was not changed. Nothing was written.
public enum CustomerError: Error, Hashable, Sendable {
    case unknown(Identifier, field: String)
    case exists(Identifier)
    /// A customer does not become itself, not by way of others either.
    case mergedInCircle(Identifier)
    case notMerged(Identifier)
    /// So much may be sold on account here, in minor units.
    case creditExceeded(held: Int64, wanted: Int64)
    case limitOutOfRange
    case termsOutOfRange
    case momentOutOfRange
}

extension CustomerError: Refusal {
    public var problem: Problem {
        switch self {
        case .unknown(let id, let field):
            Problem(
                "unknown-customer", field: field, "There is no customer \(id) here.",
                remedy: "Check the number, look for the phone number, or add the customer.")
        case .exists(let id):
            Problem(
                "exists", field: "id", "There is a customer \(id) already.", remedy: "Edit that one, or give another number.")
        case .mergedInCircle(let id):
            Problem(
                "merged-in-circle", field: "into", "\(id) is, by way of others, merged into this one already.",
                remedy: "Look at both first: one of them is what is left.")
        case .notMerged(let id):
            Problem("not-merged", field: "id", "\(id) is merged into nobody.", remedy: "Nothing is to be taken back.")
        case .creditExceeded(let held, let wanted):
            Problem(
                "credit-exceeded", field: "payments",
                "\(wanted) minor units would be owed, and only \(max(0, held)) may be sold on account here.",
                remedy: "Take another kind of payment, or ask HQ for more of the customer's credit.")
        case .limitOutOfRange:
            Problem(
                "out-of-range", field: "limit", "This is no credit limit.", remedy: "Give minor units from 0 to \(Money.limit)."
            )
        case .termsOutOfRange:
            Problem("out-of-range", field: "terms", "These are no terms.", remedy: "Give days from 0 to 3650.")
        case .momentOutOfRange: OrderError.momentOutOfRange(field: "taken").problem
        }
    }
}
