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
        let held = vector(of: Scope(.books, of: store))
        let entry = CountEntry(
            stocktake: stocktake, zone: finding.zone, counter: finding.counter, quantity: finding.quantity,
            taken: finding.taken,
            isLate: finding.taken < now - Self.atOnce, writer: origin,
            contributions: shares.reduce(into: [:]) { known, share in
                known[share.key] = .init(sequence: held.sequence(of: share.key), net: share.value)
            })
        guard let element = CountEntry.element(zone: entry.zone, counter: entry.counter) else {
            throw StocktakeError.malformedName(field: "zone", limit: CountEntry.zoneLimit)
        }
        let fact = StocktakeView.Entry(finding: finding, booked: before.onHand).value
        try state(fact, in: RetailSchema.Stocktake.entries, of: RetailSchema.stocktake(stocktake, of: store))
        try put(entry, at: element, of: RetailSchema.count(of: finding.sku, at: store), isRecount: finding.isRecount)
    }

    /// Puts an entry in the place of those that do not hold beside it, unless they are of a later look.
    private func put(_ entry: CountEntry, at element: Element, of key: RecordKey, isRecount: Bool) throws {
        let field = RetailSchema.Count.entries
        for slot in try record(key).slots(ofField: field) {
            let others = try record(key)[slot].compactMap(CountEntry.init)
            guard others.allSatisfy({ $0.taken <= entry.taken }) else {
                if slot.element == element { return }
                continue
            }
            // What an earlier stocktake found does not hold any more, and a recount takes the place of all that was found in its zone.
            let isReplaced = others.allSatisfy { $0.stocktake != entry.stocktake || isRecount && $0.zone == entry.zone }
            if isReplaced, slot.element != element { try remove(field, slot.element, of: key) }
        }
        try set(field, element, of: key, to: entry.value)
        // What was said of looks that are gone.
        let names = Set(
            try record(key).cells(ofField: field).compactMap { CountEntry($0).map { hash(of: $0.name).bytes } })
        for slot in try record(key).slots(ofField: RetailSchema.Count.bases) {
            guard case .bytes(let bytes) = slot.element, names.contains(Array(bytes.suffix(16))) else {
                try remove(slot.field, slot.element, of: key)
                continue
            }
        }
    }

    /// Goods that had moved before somebody looked at the shelf, and that are booked only now: they are in what was counted.
    ///
    /// - Parameters:
    ///   - net: what was moved just now, below 0 where goods went.
    ///   - moment: when they moved, in milliseconds since 1970.
    func backDate(_ sku: Identifier, at store: UInt32, moved net: Int64, at moment: Int64) throws {
        guard moment < stamp.milliseconds - Self.atOnce else { return }
        let (key, shares) = (RetailSchema.count(of: sku, at: store), try record(RetailSchema.stock(of: sku, at: store)))
        let share = StockView.shares(shares)
        // What this machine has to say yet it says by the time of the movement.
        guard let count = ShelfCount(try record(key), shares: share, hash: { hash(of: $0) }), moment <= count.reference.taken,
            let base = count.bases[origin], !count.waiting.contains(origin)
        else { return }
        let word = ShelfCount.Word(base: base.addingWithinBounds(net), share: share[origin] ?? 0)
        let element = ShelfCount.element(of: origin, for: count.reference) { hash(of: $0) }
        try set(RetailSchema.Count.bases, element, of: key, to: word.value)
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
