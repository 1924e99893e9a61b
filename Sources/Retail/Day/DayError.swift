public import CRDT

/// Why a day was not opened, changed or closed. Nothing was written.
public enum DayError: Error, Hashable, Sendable {
    /// The till's day is open already.
    case open(Identifier)
    /// No day of this till is open.
    case none
    case unknown(Identifier)
    case closed(Identifier)
    case dateOutOfRange
    case momentOutOfRange(field: String)
    case amountOutOfRange(field: String)
    case text(field: String)
}

extension DayError: Refusal {
    public var problem: Problem {
        switch self {
        case .open(let id):
            Problem("day-open", field: "day", "\(id) is still open at this till.", remedy: "Close it first.")
        case .none:
            Problem("no-day-open", field: "day", "No day is open at this till.", remedy: "Open one first.")
        case .unknown(let id):
            Problem(
                "unknown-day", field: "day", "There is no day \(id) here.",
                remedy: "Check the number, or wait until it has arrived.")
        case .closed(let id):
            Problem(
                "day-closed", field: "day", "\(id) is closed: its figures do not change any more.",
                remedy: "Book it on the day that is open; its report says that it came late.")
        case .dateOutOfRange:
            Problem("out-of-range", field: "date", "There is no such day.", remedy: "Give year, month and day, as 20260302.")
        case .momentOutOfRange(let field): OrderError.momentOutOfRange(field: field).problem
        case .amountOutOfRange(let field):
            Problem(
                "out-of-range", field: field, "This amount cannot be.",
                remedy: "Give minor units, at most \(Money.limit), and not 0 where money moves.")
        case .text(let field):
            Problem(
                "malformed-text", field: field, "This text is too long, or there is a control character in it.",
                remedy: "Give at most 200 characters.")
        }
    }
}
