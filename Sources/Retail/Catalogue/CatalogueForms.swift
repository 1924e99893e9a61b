internal import Replica

/// What people may edit of the catalogue.
extension Form {
    public static let product = Form(
        "product",
        [
            Entry("name", RetailSchema.Product.name, .text(limit: 200), "what it is called"),
            Entry("description", RetailSchema.Product.description, .text(limit: 4000), "what is to be said of it"),
            Entry(
                "category", RetailSchema.Product.category, .identifier { RetailSchema.category($0) }, "the id of its category"),
            Entry("axes", RetailSchema.Product.axes, .texts(limit: 40), "in what its articles differ, as size and colour"),
            Entry("picture", RetailSchema.Product.picture, .text(limit: 500), "where its picture is"),
            Entry("withdrawn", RetailSchema.Product.withdrawn, .moment, "since when it is sold no more"),
        ])

    public static let article = Form(
        "article",
        [
            Entry(
                "product", RetailSchema.Article.product, .identifier { RetailSchema.product($0) },
                "the product that it is a variant of"),
            Entry("name", RetailSchema.Article.name, .text(limit: 200), "what it is called, if its product does not say"),
            Entry(
                "unit", RetailSchema.Article.unit, .choice(Unit.allCases.map { ($0.name, $0.rawValue) }),
                "what its quantities count"),
            Entry("tax", RetailSchema.Article.tax, .identifier { RetailSchema.tax($0) }, "the id of its tax class"),
            Entry(
                "category", RetailSchema.Article.category, .identifier { RetailSchema.category($0) }, "the id of its category"),
            Entry("description", RetailSchema.Article.description, .text(limit: 4000), "what is to be said of it"),
            Entry("picture", RetailSchema.Article.picture, .text(limit: 500), "where its picture is"),
            Entry("withdrawn", RetailSchema.Article.withdrawn, .moment, "since when it is sold no more"),
        ])

    public static let category = Form(
        "category",
        [
            Entry("name", RetailSchema.Category.name, .text(limit: 200), "what it is called"),
            Entry(
                "parent", RetailSchema.Category.parent, .identifier { RetailSchema.category($0) },
                "the category that it is a part of"),
            Entry("withdrawn", RetailSchema.Category.withdrawn, .moment, "since when it is not used any more"),
        ])

    public static let priceList = Form(
        "price list",
        [
            Entry("name", RetailSchema.PriceList.name, .text(limit: 200), "what it is called"),
            Entry("base", RetailSchema.PriceList.base, .integer(0...65_535), "the list whose prices hold where it has none"),
            Entry("discount", RetailSchema.PriceList.discount, .integer(0...10_000), "hundredths of a percent off those"),
        ])

    public static let settings = Form(
        "chain's settings",
        [
            Entry("currency", RetailSchema.Settings.currency, .text(limit: 3), "three letters, as EUR"),
            Entry(
                "currency_decimals", RetailSchema.Settings.currencyDecimals, .integer(0...4),
                "decimals of an amount, 2 if not said"),
            Entry(
                "tax_is_included", RetailSchema.Settings.taxIsIncluded, .choice([("no", 0), ("yes", 1)]),
                "whether prices include the tax, as they do if it is not said"),
            Entry(
                "write_off_limit", RetailSchema.Settings.writeOffLimit, .integer(0...Money.limit),
                "what may be written off without anybody's word, in minor units"),
        ])
}
