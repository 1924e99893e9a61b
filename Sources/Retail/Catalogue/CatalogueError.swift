public import CRDT

/// Why the catalogue has no answer, or was not changed.
public enum CatalogueError: Error, Hashable, Sendable {
    case unknownArticle(Identifier, field: String)
    case unknownCode(String)
    case scan(ScanCodeError)
    /// The code belongs to another article.
    case codeTaken(Identifier, by: Identifier)
    /// No list that holds for the buyer has a price.
    case noPrice(Identifier, field: String)
    case amountOutOfRange(field: String, limit: Int64)
    case quantity(QuantityError, field: String)
    case nothingPerScan
    /// A time before 1970 or after 2099.
    case timeOutOfRange(field: String)
    /// A price list that is, by way of others, the base of itself.
    case listLoop(UInt16)
    case unknownList(Int64, field: String)
    /// A tax rate, in hundredths of a percent.
    case rateOutOfRange
}

extension CatalogueError: Refusal {
    public var problem: Problem {
        switch self {
        case .unknownArticle(let sku, let field):
            Problem(
                "unknown-article", field: field, "There is no article \(sku) here.",
                remedy: "Check the number, or have HQ add the article; until it has, the store can draft it.")
        case .unknownCode(let code):
            Problem(
                "unknown-code", field: "code", "No article has the code \(code).",
                remedy: "Scan it again, or type the article's number.")
        case .scan(let error): error.problem
        case .codeTaken(let code, let sku):
            Problem(
                "code-taken", field: "code", "The code \(code) belongs to the article \(sku).",
                remedy: "Take it from that one first, or give another code.")
        case .noPrice(let sku, let field):
            Problem(
                "no-price", field: field, "Nobody has set a price for \(sku) yet.",
                remedy: "Give a price with the line, or have HQ set one.")
        case .amountOutOfRange(let field, let limit):
            Problem(
                "out-of-range", field: field, "The amount is not within its bounds.",
                remedy: "Give a whole number of minor units from 0 to \(limit).")
        case .quantity(let error, let field): error.problem(field)
        case .nothingPerScan:
            Problem("out-of-range", field: "quantity", "A scan has to mean something.", remedy: "Give a quantity above 0.")
        case .timeOutOfRange(let field):
            Problem("out-of-range", field: field, "The time is out of bounds.", remedy: "Give one from 1970 to 2099.")
        case .listLoop(let list):
            Problem(
                "list-loop", field: "base", "Price list \(list) would be based on itself.",
                remedy: "Name a base that is not based on it.")
        case .unknownList(let list, let field):
            Problem(
                "unknown-list", field: field, "There is no price list \(list).", remedy: "Make it first, or name another one.")
        case .rateOutOfRange:
            Problem(
                "out-of-range", field: "rate", "This is no tax rate.", remedy: "Give hundredths of a percent from 0 to 10000.")
        }
    }
}

extension ScanCodeError {
    var problem: Problem {
        switch self {
        case .notAGTIN(let text):
            Problem("not-a-gtin", field: "code", "\(text) is no GTIN.", remedy: "Give 8, 12, 13 or 14 digits.")
        case .wrongCheckDigit(let text, let expected):
            Problem(
                "wrong-check-digit", field: "code", "The last digit of \(text) should be \(expected).",
                remedy: "Scan it again, or check what was typed.")
        case .malformed:
            Problem(
                "malformed-code", field: "code", "This is no code.",
                remedy: "Give 1 to \(PlainText.idLimit) bytes without control characters.")
        case .malformedPattern(let text):
            Problem(
                "malformed-pattern", field: "pattern", "\(text) says no way to print a measure.",
                remedy:
                    "Give 13 places that begin with 2 or 02, as 21IIIIIWWWWWC: I for the item, W for the weight or P for the price, C at the end."
            )
        }
    }
}

extension QuantityError {
    func problem(_ field: String) -> Problem {
        switch self {
        case .notANumber(let text):
            Problem("not-a-quantity", field: field, "\(text) is no quantity.", remedy: "Give a number, as 3 or 1.25 kg.")
        case .wrongUnit(let text, let unit):
            Problem(
                "wrong-unit", field: field,
                "\(text) is in another unit than the article, which is counted by the \(unit.name).",
                remedy: "Give it in: \(unit.symbols.map(\.symbol).joined(separator: ", ")).")
        case .tooMuch(let limit):
            Problem(
                "out-of-range", field: field, "That is too much for one line.",
                remedy: "Give at most \(limit) of the smallest unit.")
        }
    }
}
