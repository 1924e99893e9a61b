public import CRDT
public import Replica

/// Whose catalogue is changed: the chain's, by HQ, or a store's drafts.
public enum CataloguePlace: Hashable, Sendable {
    case chain
    /// The member number.
    case drafts(of: UInt32)

    var scope: Scope {
        switch self {
        case .chain: .chain
        case .drafts(let store): Scope(.books, of: store)
        }
    }
}

extension Transaction {
    /// Edits an article field by field, or makes it.
    ///
    /// - Parameter variant: along which axes it is what; nil takes that away.
    public func edit(
        article sku: Identifier, _ inputs: [(name: String, input: Form.Input)],
        variant: [(axis: Identifier, text: String?)] = [],
        in place: CataloguePlace
    ) throws {
        let key = RetailSchema.article(sku, in: place.scope)
        try edit(key, by: .article, inputs)
        for (axis, text) in variant {
            guard let text else {
                try remove(RetailSchema.Article.variant, .identifier(axis), of: key)
                continue
            }
            guard text.count <= 40 else { throw FormError.tooLong("variant", limit: 40) }
            guard PlainText.isPrintable(text) else { throw FormError.unprintable("variant") }
            try set(RetailSchema.Article.variant, .identifier(axis), of: key, to: .text(text))
        }
    }

    /// Files a code under an article; the same again changes nothing.
    ///
    /// - Parameters:
    ///   - code: digits of a GTIN's length are one, and their last one must be right. Any other text is taken as it is.
    ///   - quantity: of the article's smallest unit that one scan means, as 6 for a carton.
    public func file(code: String, for sku: Identifier, quantity: Int64 = 1, in place: CataloguePlace) throws {
        guard (1...Unit.quantityLimit).contains(quantity) else { throw CatalogueError.nothingPerScan }
        let store: UInt32? = if case .drafts(let store) = place { store } else { nil }
        guard try article(sku, at: store) != nil else { throw CatalogueError.unknownArticle(sku, field: "sku") }
        let id = try Self.codeID(code)
        let key = RetailSchema.barcode(id, in: place.scope)
        for key in Set([RetailSchema.barcode(id), key]) {
            let register = try record(key).register(SlotKey(field: RetailSchema.Barcode.target))
            guard let items = TupleReader(register?.value, atLeast: 2), let other = items.identifier(0), other != sku else {
                continue
            }
            throw CatalogueError.codeTaken(id, by: other)
        }
        let target = Value.tuple([.identifier(sku), .integer(quantity)])
        let register = try record(key).register(SlotKey(field: RetailSchema.Barcode.target))
        guard register?.value != target || register?.losers.isEmpty == false else { return }
        try set(RetailSchema.Barcode.target, of: key, to: target)
    }

    /// Takes a code from whatever article it is filed under.
    public func withdraw(code: String, in place: CataloguePlace) throws {
        let key = RetailSchema.barcode(try Self.codeID(code), in: place.scope)
        guard try exists(key) else { throw CatalogueError.unknownCode(code) }
        try remove(RetailSchema.Barcode.target, of: key)
    }

    static func codeID(_ code: String) throws(CatalogueError) -> Identifier {
        guard let id = PlainText.identifier(code) else { throw .scan(.malformed) }
        guard GTIN.lengths.contains(code.utf8.count), code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return id }
        do {
            return try GTIN(code).id
        } catch {
            throw .scan(error)
        }
    }

    /// Sets a price from some time on, or ends one.
    ///
    /// - Parameters:
    ///   - amount: minor units for `Unit.priced` of the article's smallest unit; nil: from then on the list has none of its own.
    ///   - minute: minutes since 1970; 0 is since ever.
    public func setPrice(
        of sku: Identifier, to amount: Int64?, on list: UInt16 = 0, fromMinute minute: Int64 = 0, in place: CataloguePlace
    ) throws {
        let store: UInt32? = if case .drafts(let store) = place { store } else { nil }
        guard try article(sku, at: store) != nil else { throw CatalogueError.unknownArticle(sku, field: "sku") }
        guard let point = PricePoint(list: list, minute: minute) else { throw CatalogueError.timeOutOfRange(field: "from") }
        guard try list == 0 || exists(RetailSchema.priceList(list)) else {
            throw CatalogueError.unknownList(Int64(list), field: "list")
        }
        if let amount {
            guard (0...SaleLine.priceLimit).contains(amount) else {
                throw CatalogueError.amountOutOfRange(field: "amount", limit: SaleLine.priceLimit)
            }
        }
        let key = RetailSchema.price(of: sku, in: place.scope)
        let value = amount.map { Value.integer($0) } ?? .empty
        let register = try record(key).register(SlotKey(field: RetailSchema.Price.amounts, element: point.element))
        guard register?.value != value || register?.losers.isEmpty == false else { return }
        try set(RetailSchema.Price.amounts, point.element, of: key, to: value)
    }

    /// Takes a change of price back that has been planned, or the memory of one that is over.
    public func removePrice(of sku: Identifier, _ point: PricePoint, in place: CataloguePlace) throws {
        try remove(RetailSchema.Price.amounts, point.element, of: RetailSchema.price(of: sku, in: place.scope))
    }

    /// Edits a price list, or makes it.
    public func edit(priceList number: UInt16, _ inputs: [(name: String, input: Form.Input)]) throws {
        let key = RetailSchema.priceList(number)
        try edit(key, by: .priceList, inputs)
        var (list, depth) = (number, 0)
        while let base = try record(RetailSchema.priceList(list)).integer(RetailSchema.PriceList.base) {
            guard let next = UInt16(exactly: base), try next == 0 || exists(RetailSchema.priceList(next)) else {
                throw CatalogueError.unknownList(base, field: "base")
            }
            (list, depth) = (next, depth + 1)
            guard list != number, depth <= Self.basesInARow else { throw CatalogueError.listLoop(number) }
        }
    }

    /// Sets what a tax class comes to from some time on.
    ///
    /// - Parameters:
    ///   - rate: hundredths of a percent.
    ///   - milliseconds: since 1970; 0 is since ever.
    public func setTax(_ id: Identifier, rate: Int64, from milliseconds: Int64 = 0, name: String? = nil) throws {
        guard (0...10_000).contains(rate) else { throw CatalogueError.rateOutOfRange }
        guard let from = UInt64(exactly: milliseconds), milliseconds <= Limits.momentMagnitude else {
            throw CatalogueError.timeOutOfRange(field: "from")
        }
        let key = RetailSchema.tax(id)
        if let name { try set(RetailSchema.Tax.name, of: key, to: .text(name)) }
        try set(RetailSchema.Tax.rates, .index(from), of: key, to: .integer(rate))
    }

    /// Says which list holds for a tier of customers, or for a store; nil: none but the retail list.
    public func setList(_ list: UInt16?, for element: Element, in field: UInt32) throws {
        if let list {
            guard try list == 0 || exists(RetailSchema.priceList(list)) else {
                throw CatalogueError.unknownList(Int64(list), field: "list")
            }
            try set(field, element, of: RetailSchema.settingsKey, to: .integer(Int64(list)))
        } else {
            try remove(field, element, of: RetailSchema.settingsKey)
        }
    }

    /// Says how scales print measures, or takes that back.
    public func setMeasurePattern(_ pattern: MeasurePattern, isUsed: Bool = true) throws {
        guard let id = Identifier(pattern.text) else { throw CatalogueError.scan(.malformedPattern(pattern.text)) }
        let (field, key) = (RetailSchema.Settings.measurePatterns, RetailSchema.settingsKey)
        if isUsed { try insert(.identifier(id), into: field, of: key) } else { try remove(field, .identifier(id), of: key) }
    }
}
