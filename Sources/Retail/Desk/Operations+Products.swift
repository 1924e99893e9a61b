internal import CRDT
internal import Replica

/// The catalogue: the chain's at headquarters, a store's drafts elsewhere.
extension ShopOperation {
    static let products: [ShopOperation] = [
        ShopOperation(
            "product", "edit", "Add an article, or edit it: the chain's at headquarters, a draft at a store",
            [.required("sku", "the article"), Parameter("variant", "in what it differs, as size=M,colour=blue")]
                + Form.article.parameters
        ) { transaction, counter, filled in
            let sku = try filled.requiredID("sku")
            let variant = try (filled.text("variant") ?? "").split(separator: ",").map {
                part -> (axis: Identifier, text: String?) in
                let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard words.count == 2, let axis = PlainText.identifier(words[0]) else {
                    throw DeskError.wrongKind("variant", expected: "pairs as size=M")
                }
                return (axis, words[1].isEmpty ? nil : words[1])
            }
            try transaction.edit(article: sku, filled.inputs(.article), variant: variant, in: counter.place)
            return ["sku": .text("\(sku)"), "name": .optional(try transaction.article(sku, at: counter.till.store)?.title)]
        },
        ShopOperation(
            "product", "common", "Add a product whose articles differ in size or colour, or edit it",
            [.required("code", "the product")] + Form.product.parameters
        ) { transaction, counter, filled in
            let code = try filled.requiredID("code")
            try transaction.edit(RetailSchema.product(code, in: counter.place.scope), by: .product, filled.inputs(.product))
            return ["code": .text("\(code)")]
        },
        ShopOperation(
            "product", "category", "Add a category, or edit it", [.required("id", "the category")] + Form.category.parameters
        ) {
            transaction, counter, filled in
            guard counter.isHeadquarters else { throw DeskError.headquartersOnly }
            let id = try filled.requiredID("id")
            try transaction.edit(RetailSchema.category(id), by: .category, filled.inputs(.category))
            return ["id": .text("\(id)")]
        },
        ShopOperation(
            "product", "tax", "Say a tax class's rate",
            [
                .required("id", "the tax class"), .required("rate", .integer, "hundredths of a percent"),
                Parameter("since", .moment, "since ever if it is not said"),
                Parameter("name", "what it is called"),
            ]
        ) { transaction, counter, filled in
            guard counter.isHeadquarters else { throw DeskError.headquartersOnly }
            let id = try filled.requiredID("id")
            try transaction.setTax(
                id, rate: filled.requiredInteger("rate"), from: filled.integer("since") ?? 0, name: filled.text("name"))
            return ["id": .text("\(id)"), "rate": .optional(filled.integer("rate"))]
        },
        ShopOperation("product", "settings", "Edit the chain's settings", Form.settings.parameters) {
            transaction, counter, filled in
            guard counter.isHeadquarters else { throw DeskError.headquartersOnly }
            try transaction.edit(RetailSchema.settingsKey, by: .settings, filled.inputs(.settings))
            return .object([])
        },
        ShopOperation(
            "product", "list", "Add a price list, or edit it",
            [.required("list", .integer, "its number")] + Form.priceList.parameters
        ) { transaction, counter, filled in
            guard counter.isHeadquarters else { throw DeskError.headquartersOnly }
            guard let list = UInt16(exactly: try filled.requiredInteger("list")) else {
                throw DeskError.wrongKind("list", expected: "a number up to 65535")
            }
            try transaction.edit(priceList: list, filled.inputs(.priceList))
            return ["list": .integer(Int64(list))]
        },
        ShopOperation(
            "product", "price", "Say what an article costs",
            [
                .required("sku", "the article"),
                .required("amount", .integer, "minor units, for a piece or for 1000 of any other unit"),
                Parameter("list", .integer, "the price list; 0, retail, if it is not said"),
                Parameter("since", .moment, "from when on; since ever if it is not said"),
            ]
        ) { transaction, counter, filled in
            let sku = try filled.requiredID("sku")
            guard let list = UInt16(exactly: filled.integer("list") ?? 0) else {
                throw DeskError.wrongKind("list", expected: "a number up to 65535")
            }
            try transaction.setPrice(
                of: sku, to: filled.requiredInteger("amount"), on: list, fromMinute: (filled.integer("since") ?? 0) / 60_000,
                in: counter.place)
            return ["sku": .text("\(sku)"), "amount": .optional(filled.integer("amount")), "list": .integer(Int64(list))]
        },
        ShopOperation(
            "product", "code", "Say what a barcode stands for",
            [
                .required("code", "a GTIN, or any other code"), .required("sku", "the article"),
                Parameter("quantity", .integer, "what one scan means; 1 if it is not said"),
            ]
        ) { transaction, counter, filled in
            let sku = try filled.requiredID("sku")
            try transaction.file(
                code: filled.text("code") ?? "", for: sku, quantity: filled.integer("quantity") ?? 1, in: counter.place)
            return ["code": .optional(filled.text("code")), "sku": .text("\(sku)")]
        },
        ShopOperation(
            "product", "scan", "Say what a code stands for, and what it costs here now",
            [.required("code", "what the scanner has read"), Parameter("customer", "who asks")]
        ) { replica, _, counter, filled in
            let scan = try replica.scan(filled.text("code") ?? "", at: counter.till.store)
            let article = try replica.article(scan.sku, at: counter.till.store)
            let tier = try filled.id("customer").flatMap { try replica.customer($0).tier }.flatMap { Identifier($0) }
            let price = try replica.price(of: scan.sku, for: Buyer(store: counter.till.store, tier: tier), at: counter.now)
            let (quantity, worth): (Int64?, Int64?) =
                switch scan.amount {
                case .quantity(let quantity): (quantity, nil)
                case .price(let amount): (nil, amount)
                }
            return [
                "sku": .text("\(scan.sku)"), "name": .optional(article?.title), "quantity": .optional(quantity),
                "labelled_price": .optional(worth),
                "unit_price": .optional(price?.amount), "unit": .optional(article?.unit.name),
                "on_hand": .integer(try replica.stock(of: scan.sku, at: counter.till.store).onHand),
            ]
        },
        ShopOperation("product", "find", "Find articles by a part of a name", [.required("text", "what to look for")]) {
            _, tables, _, filled in
            try tables.objects(
                "SELECT DISTINCT c.sku, c.name, c.variant, c.category, c.price FROM catalogue c WHERE c.sku IN (SELECT id FROM search WHERE kind = 'article' AND text LIKE ?1) OR c.product IN (SELECT id FROM search WHERE kind = 'product' AND text LIKE ?1) ORDER BY c.name, c.sku LIMIT 100",
                [.text("%\(filled.text("text") ?? "")%")])
        },
    ]
}
