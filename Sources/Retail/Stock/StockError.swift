public import CRDT

/// Why goods were not moved, or a paper not changed. Nothing was written.
public enum StockError: Error, Hashable, Sendable {
    /// What is wrong with a line, by its place from 0.
    case line(Int, StockFault)
    /// There is none, or more than one paper holds.
    case lineCount(Int)
    case momentOutOfRange(field: String)
    case text(FormError)
    case unknown(Identifier, what: String)
    /// A write-off of more than the clerk may say alone.
    case needsApproval(worth: Int64, limit: Int64)
    /// It is decided already, or needs no decision.
    case decided(Identifier, WriteOffStatus?)
    /// Goods do not go from a store to itself.
    case toItself
    case doesNotFollow(Identifier, from: TransferStatus?, to: TransferStatus)
    case nothingToSettle(Identifier)
    case limitsCross
    case limitOutOfRange(field: String)
}

/// What is wrong with a line of a paper that moves goods.
public enum StockFault: Error, Hashable, Sendable {
    case unknownArticle(Identifier)
    case quantityOutOfRange
}

extension StockError: Refusal {
    public var problem: Problem {
        switch self {
        case .line(let index, .unknownArticle(let sku)):
            CatalogueError.unknownArticle(sku, field: "lines[\(index)].sku").problem
        case .line(let index, .quantityOutOfRange):
            Problem(
                "out-of-range", field: "lines[\(index)].quantity", "This quantity cannot be moved.",
                remedy: "Give one from 1 to \(Unit.quantityLimit), in the article's smallest unit.")
        case .lineCount(let count):
            Problem(
                "line-count", field: "lines",
                count == 0 ? "There is no line." : "There are \(count) lines, more than a paper holds.",
                remedy: "Give 1 to \(OrderRules.lineLimit) lines.")
        case .momentOutOfRange(let field): OrderError.momentOutOfRange(field: field).problem
        case .text(let error): error.problem
        case .unknown(let id, let what):
            Problem(
                "unknown-\(what)", field: "id", "There is no \(what) \(id) here.",
                remedy: "Check the number, or wait until it has arrived.")
        case .needsApproval(let worth, let limit):
            Problem(
                "needs-approval", field: "approver",
                "The goods are worth \(worth), more than the \(limit) that need nobody's word.",
                remedy: "Have somebody approve it, or propose it, so that somebody can later.")
        case .decided(let id, let status):
            Problem(
                "decided", field: "id", "\(id) is \(status?.name ?? "not waiting for anybody").", remedy: "Look at it first.")
        case .toItself:
            Problem("to-itself", field: "to", "The goods would go where they are.", remedy: "Name another store.")
        case .doesNotFollow(let id, let from, let to):
            Problem(
                "status-does-not-follow", field: "status", "\(id) is \(from?.name ?? "unknown"), and cannot become \(to.name).",
                remedy: "Look at the transfer first: somebody may have moved it on.")
        case .nothingToSettle(let id):
            Problem("nothing-to-settle", field: "id", "Everything of \(id) has arrived.", remedy: "Nothing is left to be done.")
        case .limitsCross:
            Problem(
                "limits-cross", field: "low", "The lower limit is above the upper one.", remedy: "Give a lower one below it.")
        case .limitOutOfRange(let field):
            Problem(
                "out-of-range", field: field, "This is no limit.",
                remedy: "Give a quantity from 0 to \(Unit.quantityLimit), in the article's smallest unit.")
        }
    }
}

/// What every paper that moves goods has to keep to.
enum StockRules {
    static func check(_ lines: [StockLine], articles: (Identifier) throws -> Article?) throws {
        guard (1...OrderRules.lineLimit).contains(lines.count) else { throw StockError.lineCount(lines.count) }
        for (index, line) in lines.enumerated() {
            guard (1...Unit.quantityLimit).contains(line.quantity) else { throw StockError.line(index, .quantityOutOfRange) }
            guard try articles(line.sku) != nil else { throw StockError.line(index, .unknownArticle(line.sku)) }
        }
    }

    static func check(moment: Int64, field: String) throws(StockError) {
        guard OrderRules.moments.contains(moment) else { throw .momentOutOfRange(field: field) }
    }
}
