public import CRDT
public import Replica

/// What the chain sells, and at what price: in the scope `chain`, which only HQ writes. A store's drafts are the same records in its
/// books, until HQ takes them over.
extension RetailSchema {
    /// What several articles have in common that differ in size or colour. By the product's code.
    public static let product = Collection(
        50, "product",
        [
            Field(Product.name, "name", .register),
            Field(Product.description, "description", .register),
            Field(Product.category, "category", .register),
            Field(Product.axes, "axes", .register),
            Field(Product.picture, "picture", .register),
            Field(Product.withdrawn, "withdrawn", .register),
        ])

    /// What is sold, counted and priced. By its SKU.
    public static let article = Collection(
        51, "article",
        [
            Field(Article.product, "product", .register),
            Field(Article.name, "name", .register),
            Field(Article.variant, "variant", .map),
            Field(Article.unit, "unit", .register),
            Field(Article.tax, "tax", .register),
            Field(Article.category, "category", .register),
            Field(Article.description, "description", .register),
            Field(Article.picture, "picture", .register),
            Field(Article.withdrawn, "withdrawn", .register),
        ])

    /// By its id.
    public static let category = Collection(
        52, "category",
        [
            Field(Category.name, "name", .register), Field(Category.parent, "parent", .register),
            Field(Category.withdrawn, "withdrawn", .register),
        ])

    /// What a scanner reads, by the code: a GTIN in 14 digits, the code in the label of a scale, or any other.
    public static let barcode = Collection(53, "barcode", [Field(Barcode.target, "target", .register)])

    /// A class of articles that are taxed alike. By its id.
    public static let tax = Collection(
        54, "tax", [Field(Tax.name, "name", .register), Field(Tax.rates, "rates", .map)])

    /// By its number, 5 digits. 0 is the retail list.
    public static let priceList = Collection(
        55, "price list",
        [
            Field(PriceList.name, "name", .register), Field(PriceList.base, "base", .register),
            Field(PriceList.discount, "discount", .register),
        ])

    /// What an article costs, by its SKU.
    public static let price = Collection(56, "price", [Field(Price.amounts, "amounts", .map)])

    /// One record, `chain`.
    public static let settings = Collection(
        57, "settings",
        [
            Field(Settings.currency, "currency", .register),
            Field(Settings.currencyDecimals, "currency decimals", .register),
            Field(Settings.taxIsIncluded, "tax is included", .register),
            Field(Settings.measurePatterns, "measure patterns", .set),
            Field(Settings.listsByTier, "lists by tier", .map),
            Field(Settings.listsByStore, "lists by store", .map),
            Field(Settings.writeOffLimit, "write-off limit", .register),
        ])

    static let catalogue = [product, article, category, barcode, tax, priceList, price, settings]

    /// The field numbers of a product.
    public enum Product {
        public static let name: UInt32 = 1
        public static let description: UInt32 = 2
        /// The id of a category.
        public static let category: UInt32 = 3
        /// In what the articles differ, as (text, ...): `size`, `colour`, in the order in which they are shown.
        public static let axes: UInt32 = 4
        public static let picture: UInt32 = 5
        /// Since when it is sold no more: a moment.
        public static let withdrawn: UInt32 = 6
    }

    /// The field numbers of an article. What it does not say itself, its product says.
    public enum Article {
        /// The id of a product.
        public static let product: UInt32 = 1
        public static let name: UInt32 = 2
        /// By axis, an id: what it is along that, a text.
        public static let variant: UInt32 = 3
        /// An integer of `Unit`; without it, pieces.
        public static let unit: UInt32 = 4
        /// The id of a tax class.
        public static let tax: UInt32 = 5
        public static let category: UInt32 = 6
        public static let description: UInt32 = 7
        public static let picture: UInt32 = 8
        public static let withdrawn: UInt32 = 9
    }

    /// The field numbers of a category.
    public enum Category {
        public static let name: UInt32 = 1
        /// The id of the category that this one is a part of.
        public static let parent: UInt32 = 2
        public static let withdrawn: UInt32 = 3
    }

    /// The field numbers of a barcode.
    public enum Barcode {
        /// (id SKU, integer quantity of its smallest unit that one scan means).
        public static let target: UInt32 = 1
    }

    /// The field numbers of a tax class.
    public enum Tax {
        public static let name: UInt32 = 1
        /// By the moment from which on it holds, as an index: hundredths of a percent.
        public static let rates: UInt32 = 2
    }

    /// The field numbers of a price list.
    public enum PriceList {
        public static let name: UInt32 = 1
        /// The number of the list whose price holds, less the discount, where this one has none.
        public static let base: UInt32 = 2
        /// Hundredths of a percent off the base's price.
        public static let discount: UInt32 = 3
    }

    /// The field numbers of a price.
    public enum Price {
        /// By list and minute from which on it holds, as `PricePoint` numbers them: minor units, or nothing where the list ends.
        public static let amounts: UInt32 = 1
    }

    /// The field numbers of the settings.
    public enum Settings {
        /// ISO 4217, three letters.
        public static let currency: UInt32 = 1
        /// How many decimals an amount is shown with: an integer, 2 if it is not said.
        public static let currencyDecimals: UInt32 = 2
        /// 1 if prices include the tax, as they do if it is not said; else 0.
        public static let taxIsIncluded: UInt32 = 3
        /// What scales print: elements are texts of `MeasurePattern` as ids.
        public static let measurePatterns: UInt32 = 4
        /// By a customer's tier, an id: the number of a price list.
        public static let listsByTier: UInt32 = 5
        /// By a store's member number, an index: the number of a price list.
        public static let listsByStore: UInt32 = 6
        /// What may be written off without anybody's word, in minor units; without it, anything.
        public static let writeOffLimit: UInt32 = 7
    }

    public static func product(_ code: Identifier, in scope: Scope = .chain) -> RecordKey {
        RecordKey(scope: scope, collection: product.number, id: code)
    }

    public static func article(_ sku: Identifier, in scope: Scope = .chain) -> RecordKey {
        RecordKey(scope: scope, collection: article.number, id: sku)
    }

    public static func category(_ id: Identifier) -> RecordKey {
        RecordKey(scope: .chain, collection: category.number, id: id)
    }

    public static func barcode(_ code: Identifier, in scope: Scope = .chain) -> RecordKey {
        RecordKey(scope: scope, collection: barcode.number, id: code)
    }

    public static func tax(_ id: Identifier) -> RecordKey {
        RecordKey(scope: .chain, collection: tax.number, id: id)
    }

    public static func priceList(_ number: UInt16) -> RecordKey {
        RecordKey(scope: .chain, collection: priceList.number, id: Identifier(number: UInt64(number), digits: 5))
    }

    public static func price(of sku: Identifier, in scope: Scope = .chain) -> RecordKey {
        RecordKey(scope: scope, collection: price.number, id: sku)
    }

    public static let settingsKey = RecordKey(scope: .chain, collection: settings.number, id: settingsID)

    private static let settingsID: Identifier = {
        guard let id = Identifier("chain") else { preconditionFailure("an id of 5 letters is one") }
        return id
    }()
}
