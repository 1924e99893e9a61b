public import CRDT
internal import Replica

/// An article as a till needs it: what it says itself, and for the rest what its product says.
public struct Article: Hashable, Sendable {
    public struct Trait: Hashable, Sendable {
        /// As `size`.
        public let axis: String
        public let text: String
    }

    public let sku: Identifier
    public let product: Identifier?
    /// Of the article, or else of its product; nil where nobody said.
    public let name: String?
    /// In the order of the product's axes, others behind them.
    public let variant: [Trait]
    public let unit: Unit
    public let tax: Identifier?
    public let category: Identifier?
    public let description: String?
    public let picture: String?
    /// Since when it is sold no more, in milliseconds since 1970.
    public let withdrawn: Int64?
    /// HQ has not taken it over from the store that drafted it.
    public let isDraft: Bool

    /// Name and variant, as a receipt shows them: `Shirt, M, blue`.
    public var title: String {
        ([name ?? "\(sku)"] + variant.map(\.text)).joined(separator: ", ")
    }

    init(_ sku: Identifier, _ record: Record, of product: Record?, isDraft: Bool) {
        typealias Field = RetailSchema.Article
        self.sku = sku
        self.isDraft = isDraft
        self.product = record.identifier(Field.product)
        name = record.text(Field.name) ?? product?.text(RetailSchema.Product.name)
        unit = record.integer(Field.unit).flatMap(Unit.init(rawValue:)) ?? .piece
        tax = record.identifier(Field.tax)
        category = record.identifier(Field.category) ?? product?.identifier(RetailSchema.Product.category)
        description = record.text(Field.description) ?? product?.text(RetailSchema.Product.description)
        picture = record.text(Field.picture) ?? product?.text(RetailSchema.Product.picture)
        withdrawn = record.moment(Field.withdrawn) ?? product?.moment(RetailSchema.Product.withdrawn)
        let traits = record.elements(Field.variant).entries.compactMap { entry -> Trait? in
            guard case .identifier(let axis) = entry.element, case .text(let text)? = entry.register.value else { return nil }
            return Trait(axis: "\(axis)", text: text)
        }
        let axes = product.map { Self.axes(of: $0) } ?? []
        variant = traits.enumerated().sorted { left, right in
            let places = [left, right].map { axes.firstIndex(of: $0.element.axis) ?? axes.count }
            return (places[0], left.offset) < (places[1], right.offset)
        }.map(\.element)
    }

    static func axes(of product: Record) -> [String] {
        guard case .tuple(let items)? = product.value(RetailSchema.Product.axes) else { return [] }
        return items.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }
}

extension RecordReader {
    /// An article of the chain, or one that a store has drafted.
    ///
    /// - Parameter store: whose drafts count, too; nil for nobody's.
    /// - Returns: nil if there is none.
    public func article(_ sku: Identifier, at store: UInt32?) throws -> Article? {
        for scope in [.chain] + (store.map { [Scope(.books, of: $0)] } ?? []) {
            guard try exists(RetailSchema.article(sku, in: scope)) else { continue }
            let record = try record(RetailSchema.article(sku, in: scope))
            var product: Record?
            if let code = record.identifier(RetailSchema.Article.product) {
                let places = [Scope.chain, scope].map { RetailSchema.product(code, in: $0) }
                product = try places.first { try exists($0) }.map { try self.record($0) }
            }
            return Article(sku, record, of: product, isDraft: scope != .chain)
        }
        return nil
    }
}
