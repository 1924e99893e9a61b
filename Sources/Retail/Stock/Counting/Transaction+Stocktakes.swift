public import CRDT
public import Replica

/// Why a stocktake did not take something. Nothing was written.
public enum StocktakeError: Error, Hashable, Sendable {
    case unknown(Identifier)
    case closed(Identifier)
    case malformedName(field: String, limit: Int)
    case quantityOutOfRange
    /// The look at the shelf would be in the future, or so long ago that nobody can say what has moved since.
    case lookOutOfRange(now: Int64)
}

extension StocktakeError: Refusal {
    public var problem: Problem {
        switch self {
        case .unknown(let id):
            Problem(
                "unknown-stocktake", field: "stocktake", "There is no stocktake \(id) here.",
                remedy: "Check the number, or wait until it has arrived.")
        case .closed(let id):
            Problem("closed", field: "stocktake", "\(id) is closed.", remedy: "Begin another one.")
        case .malformedName(let field, let limit):
            Problem(
                "malformed-id", field: field, "This is no name for it.",
                remedy: "Give 1 to \(limit) bytes without blanks at the ends and without control characters.")
        case .quantityOutOfRange:
            Problem(
                "out-of-range", field: "quantity", "So many cannot be there.",
                remedy: "Give a quantity from 0 to \(Unit.quantityLimit), in the article's smallest unit.")
        case .lookOutOfRange:
            Problem(
                "out-of-range", field: "taken", "The shelf cannot have been looked at then.",
                remedy: "Give the time of the look, within the last week; else count again.")
        }
    }
}

/// What somebody found on a shelf.
public struct Finding: Hashable, Sendable {
    public var sku: Identifier
    public var zone: Identifier
    public var counter: Identifier
    /// Of the SKU's smallest unit.
    public var quantity: Int64
    /// When the shelf was looked at, in milliseconds since 1970.
    public var taken: Int64
    /// Whether it stands in place of whatever others have found in the zone.
    public var isRecount: Bool

    public init(
        sku: Identifier, zone: Identifier, counter: Identifier, quantity: Int64, taken: Int64, isRecount: Bool = false
    ) {
        (self.sku, self.zone, self.counter, self.quantity) = (sku, zone, counter, quantity)
        (self.taken, self.isRecount) = (taken, isRecount)
    }
}

extension Transaction {
    /// Begins a stocktake.
    ///
    /// - Parameters:
    ///   - isBlind: whoever counts is not shown what the books say.
    ///   - opened: milliseconds since 1970.
    ///   - year: the legal year, as 2026, where the store stands.
    /// - Returns: its number, which is final.
    public func openStocktake(
        _ name: String, isBlind: Bool = false, opened: Int64, year: Int, at till: Till
    ) throws -> Identifier {
        guard name.count <= 100, PlainText.isPrintable(name) else { throw FormError.tooLong("name", limit: 100) }
        try StockRules.check(moment: opened, field: "opened")
        let number = try draw(.stocktake, year: year, at: till)
        let key = RetailSchema.stocktake(number, of: till.store)
        if !name.isEmpty { try set(RetailSchema.Stocktake.name, of: key, to: .text(name)) }
        try set(RetailSchema.Stocktake.opened, of: key, to: .moment(opened))
        if isBlind { try set(RetailSchema.Stocktake.isBlind, of: key, to: .integer(1)) }
        try advance(RetailSchema.Stocktake.status, of: key, to: StocktakeStatus.open.rawValue)
        return number
    }

    public func closeStocktake(_ id: Identifier, of store: UInt32) throws {
        try requireOpen(id, of: store)
        let key = RetailSchema.stocktake(id, of: store)
        try advance(RetailSchema.Stocktake.status, of: key, to: StocktakeStatus.closed.rawValue)
    }

    /// Books what somebody found. It holds at once, while tills sell on.
    ///
    /// - Parameter now: milliseconds since 1970.
    public func count(_ finding: Finding, in stocktake: Identifier, of store: UInt32, at now: Int64) throws {
        try requireOpen(stocktake, of: store)
        guard try article(finding.sku, at: store) != nil else { throw CatalogueError.unknownArticle(finding.sku, field: "sku") }
        guard (0...Unit.quantityLimit).contains(finding.quantity) else { throw StocktakeError.quantityOutOfRange }
        let names = [("zone", finding.zone, CountEntry.zoneLimit), ("counter", finding.counter, CountEntry.counterLimit)]
        for (field, name, limit) in names where "\(name)".utf8.count > limit || PlainText.identifier("\(name)") == nil {
            throw StocktakeError.malformedName(field: field, limit: limit)
        }
        guard (now - Self.longestAgo...now).contains(finding.taken), OrderRules.moments.contains(finding.taken) else {
            throw StocktakeError.lookOutOfRange(now: now)
        }
        let before = try stock(of: finding.sku, at: store)
        let shares = StockView.shares(try record(RetailSchema.stock(of: finding.sku, at: store)))
        let books = Scope(.books, of: store)
        let entry = CountEntry(
            stocktake: stocktake, zone: finding.zone, counter: finding.counter, quantity: finding.quantity, taken: finding.taken,
            isLate: finding.taken < now - Self.atOnce, writer: origin,
            contributions: shares.reduce(into: [:]) { known, share in
                known[share.key] = .init(sequence: vector(of: books).sequence(of: share.key), net: share.value)
            })
        guard let element = CountEntry.element(zone: entry.zone, counter: entry.counter) else {
            throw StocktakeError.malformedName(field: "zone", limit: CountEntry.zoneLimit)
        }
        let key = RetailSchema.count(of: finding.sku, at: store)
        for slot in try record(key).slots(ofField: RetailSchema.Count.entries) where slot.element != element {
            let others = try record(key)[slot].compactMap(CountEntry.init)
            // What an earlier stocktake found does not hold any more, and a recount takes the place of all that it replaces.
            let isReplaced = others.allSatisfy { $0.stocktake != stocktake || finding.isRecount && $0.zone == entry.zone }
            if isReplaced, !others.isEmpty { try remove(slot.field, slot.element, of: key) }
        }
        try set(RetailSchema.Count.entries, element, of: key, to: entry.value)
        for slot in try record(key).slots(ofField: RetailSchema.Count.bases) { try remove(slot.field, slot.element, of: key) }
        let fact = Value.tuple([
            .identifier(finding.sku), .identifier(finding.zone), .identifier(finding.counter), .integer(finding.quantity),
            .moment(finding.taken), .integer(before.onHand),
        ])
        try state(fact, in: RetailSchema.Stocktake.entries, of: RetailSchema.stocktake(stocktake, of: store))
    }

    /// Within so many milliseconds an entry is made at the shelf.
    static var atOnce: Int64 { 60_000 }
    /// Nobody enters a look that was before that.
    static var longestAgo: Int64 { 7 * 86_400_000 }

    private func requireOpen(_ id: Identifier, of store: UInt32) throws {
        let key = RetailSchema.stocktake(id, of: store)
        guard let status = try record(key).progress(RetailSchema.Stocktake.status, in: StocktakeStatus.lattice).joined else {
            throw StocktakeError.unknown(id)
        }
        guard status == StocktakeStatus.open.rawValue else { throw StocktakeError.closed(id) }
    }
}
