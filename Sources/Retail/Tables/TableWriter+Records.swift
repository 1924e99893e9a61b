internal import CRDT
internal import Replica

/// People and the catalogue.
extension TableWriter {
    func writeMember(_ key: RecordKey) throws {
        guard let number = UInt32("\(key.id)") else { return }
        let record = try replica.record(key)
        try insert(
            "members",
            [
                .integer(Int64(number)), .optional(record.text(RetailSchema.Member.name)),
                .integer(Int64(try replica.store(of: number))), .optional(record.moment(RetailSchema.Member.revoked)),
            ])
    }

    func writeCustomer(_ key: RecordKey) throws {
        let customer = try replica.customer(key.id)
        let digits = customer.phone?.filter(\.isNumber)
        try insert(
            "customers",
            [
                .id(key.id), .optional(customer.name), .optional(customer.phone), .optional(digits), .optional(customer.email),
                .optional(customer.address), .optional(customer.tier), .optional(customer.home), .optional(customer.note),
                .optional(customer.mergedInto),
            ])
        try connection.run("DELETE FROM customer_tags WHERE customer = ?", [.id(key.id)])
        for tag in customer.tags { try insert("customer_tags", [.id(key.id), .id(tag)]) }
        try writeSearch(
            "customer", key, ["\(key.id)", customer.name, customer.phone, digits, customer.email, customer.address])
    }

    func writeAccount(_ key: RecordKey) throws {
        let account = try replica.account(of: key.id, at: replica.identity.origin)
        try insert(
            "accounts",
            [
                .id(key.id), .integer(account.charged), .integer(account.paid), .integer(account.balance),
                .integer(account.limit),
                .optional(account.termDays),
            ])
    }

    // MARK: The catalogue

    /// The store whose draft a record is; NULL is the chain's.
    private func draft(_ key: RecordKey) -> SQLValue { key.scope == .chain ? .null : .integer(Int64(key.scope.member)) }

    private func clear(_ table: String, _ column: String, _ key: RecordKey) throws -> [SQLValue] {
        let place = [SQLValue.id(key.id), draft(key)]
        try connection.run("DELETE FROM \(table) WHERE \(column) = ? AND draft_of IS ?", place)
        return place
    }

    func writeProduct(_ key: RecordKey) throws {
        let (place, record) = (try clear("products", "code", key), try replica.record(key))
        typealias Field = RetailSchema.Product
        try insert(
            "products",
            place + [
                .optional(record.text(Field.name)), .optional(record.text(Field.description)),
                .optional(record.identifier(Field.category)),
                .optional(record.text(Field.picture)), .optional(record.moment(Field.withdrawn)),
            ])
        try writeSearch("product", key, ["\(key.id)", record.text(Field.name), record.text(Field.description)])
    }

    func writeArticle(_ key: RecordKey) throws {
        let (place, record) = (try clear("articles", "sku", key), try replica.record(key))
        typealias Field = RetailSchema.Article
        let article = Article(key.id, record, of: nil, isDraft: key.scope != .chain)
        let variant = article.variant.map { "\($0.axis): \($0.text)" }.joined(separator: ", ")
        try insert(
            "articles",
            place + [
                .optional(article.product), .optional(article.name), variant.isEmpty ? .null : .text(variant),
                .text(article.unit.name),
                .optional(article.tax), .optional(article.category), .optional(article.description), .optional(article.picture),
                .optional(article.withdrawn),
            ])
        try writeSearch("article", key, ["\(key.id)", article.name, variant, article.description])
    }

    func writeCategory(_ key: RecordKey) throws {
        let record = try replica.record(key)
        typealias Field = RetailSchema.Category
        try insert(
            "categories",
            [
                .id(key.id), .optional(record.text(Field.name)), .optional(record.identifier(Field.parent)),
                .optional(record.moment(Field.withdrawn)),
            ])
    }

    func writeBarcode(_ key: RecordKey) throws {
        let place = try clear("barcodes", "code", key)
        guard let target = TupleReader(try replica.record(key).value(RetailSchema.Barcode.target), atLeast: 2),
            let sku = target.identifier(0), let quantity = target.integer(1)
        else { return }
        try insert("barcodes", place + [.id(sku), .integer(quantity)])
    }

    func writeTax(_ key: RecordKey) throws {
        let record = try replica.record(key)
        try connection.run("DELETE FROM taxes WHERE tax = ?", [.id(key.id)])
        for entry in record.elements(RetailSchema.Tax.rates).entries {
            guard case .index(let since) = entry.element, case .integer(let rate)? = entry.register.value else { continue }
            try insert(
                "taxes",
                [.id(key.id), .integer(Int64(clamping: since)), .optional(record.text(RetailSchema.Tax.name)), .integer(rate)])
        }
    }

    func writePriceList(_ key: RecordKey) throws {
        let record = try replica.record(key)
        guard let number = Int64("\(key.id)") else { return }
        typealias Field = RetailSchema.PriceList
        try insert(
            "price_lists",
            [
                .integer(number), .optional(record.text(Field.name)), .optional(record.integer(Field.base)),
                .optional(record.integer(Field.discount)),
            ])
    }

    func writePrice(_ key: RecordKey) throws {
        let place = try clear("prices", "sku", key)
        for entry in try replica.record(key).elements(RetailSchema.Price.amounts).entries {
            guard let point = PricePoint(entry.element) else { continue }
            let amount: Int64? = if case .integer(let amount)? = entry.register.value { amount } else { nil }
            try insert("prices", place + [.integer(Int64(point.list)), .integer(point.minute * 60_000), .optional(amount)])
        }
    }
}
