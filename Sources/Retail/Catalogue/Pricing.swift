public import CRDT
internal import Replica

/// For whom a price is asked: which lists hold for somebody.
public struct Buyer: Hashable, Sendable {
    /// The member number of the store that sells, or that orders.
    public var store: UInt32
    /// The customer's tier.
    public var tier: Identifier?

    public init(store: UInt32, tier: Identifier? = nil) {
        (self.store, self.tier) = (store, tier)
    }
}

/// What an article costs somebody at some time.
public struct Quote: Hashable, Sendable {
    /// Minor units for `Unit.priced` of the article's smallest unit.
    public let amount: Int64
    /// The number of the list that says so.
    public let list: UInt16
}

extension RecordReader {
    /// The price that holds at a time: of the list of the buyer's tier, of the list of the store, or of the retail list, in this
    /// order, whichever has one. A list without a price of its own for the article asks its base, and takes its discount off.
    ///
    /// The same for everybody who holds the same catalogue: no clock is asked, so that a change fires on time wherever it is known.
    ///
    /// - Parameter milliseconds: the business time, since 1970.
    /// - Returns: nil if nobody has set a price.
    public func price(of sku: Identifier, for buyer: Buyer, at milliseconds: Int64) throws -> Quote? {
        let key = try [.chain, Scope(.books, of: buyer.store)].map { RetailSchema.price(of: sku, in: $0) }
            .first { try exists($0) }
        guard let key else { return nil }
        let prices = try PriceTable(record(key))
        for list in try lists(for: buyer) {
            if let amount = try amount(on: list, prices, at: milliseconds, depth: 0) {
                return Quote(amount: amount, list: list)
            }
        }
        return nil
    }

    /// What is added, or is in it: hundredths of a percent.
    public func taxRate(of tax: Identifier?, at milliseconds: Int64) throws -> Int64 {
        guard let tax else { return 0 }
        let rates = try record(RetailSchema.tax(tax)).elements(RetailSchema.Tax.rates).entries
        let holding = rates.last { entry in
            if case .index(let from) = entry.element { Int64(clamping: from) <= milliseconds } else { false }
        }
        guard case .integer(let rate)? = holding?.register.value, (0...10_000).contains(rate) else { return 0 }
        return rate
    }

    private func lists(for buyer: Buyer) throws -> [UInt16] {
        let settings = try record(RetailSchema.settingsKey)
        let byTier = buyer.tier.flatMap { settings.value(RetailSchema.Settings.listsByTier, .identifier($0)) }
        let byStore = settings.value(RetailSchema.Settings.listsByStore, .index(UInt64(buyer.store)))
        let named = [byTier, byStore].compactMap { value -> UInt16? in
            if case .integer(let list)? = value { UInt16(exactly: list) } else { nil }
        }
        return named + [0]
    }

    /// - Parameter depth: how many lists have passed the question on. Two islands may each base a list on the other's, which no
    ///   write refuses: the question ends somewhere all the same.
    private func amount(on list: UInt16, _ prices: PriceTable, at milliseconds: Int64, depth: Int) throws -> Int64? {
        if let amount = prices.amount(on: list, at: milliseconds) { return amount }
        let record = try record(RetailSchema.priceList(list))
        guard depth < Self.basesInARow, let base = record.integer(RetailSchema.PriceList.base).flatMap(UInt16.init(exactly:)),
            let amount = try amount(on: base, prices, at: milliseconds, depth: depth + 1)
        else { return nil }
        let discount = min(max(record.integer(RetailSchema.PriceList.discount) ?? 0, 0), 10_000)
        return Money.share(of: amount, 10_000 - discount, in: 10_000)
    }

    static var basesInARow: Int { 4 }
}

/// The prices of one article.
private struct PriceTable {
    private var points: [(point: PricePoint, amount: Int64?)] = []

    /// Ascending by list and time, as the elements of a record are.
    init(_ record: Record) {
        points = record.elements(RetailSchema.Price.amounts).entries.compactMap { entry in
            guard let point = PricePoint(entry.element) else { return nil }
            if case .integer(let amount)? = entry.register.value { return (point, amount) }
            return (point, nil)
        }
    }

    func amount(on list: UInt16, at milliseconds: Int64) -> Int64? {
        points.last { $0.point.list == list && $0.point.minute * 60_000 <= milliseconds }?.amount
    }
}
