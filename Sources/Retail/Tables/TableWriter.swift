internal import CRDT
internal import Replica

/// Writes what records say into the tables' rows.
struct TableWriter {
    /// Tables of what HQ says of the chain, and stores draft.
    static let draftTables = ["products", "articles", "barcodes", "prices"]
    static let bookTables = [
        "orders", "order_lines", "payments", "account_payments", "days", "day_figures", "goods_receipts", "goods_receipt_lines",
        "write_offs", "write_off_lines", "stocktakes", "counts",
    ]
    private static let insertions = Dictionary(uniqueKeysWithValues: ShopTables.tables.map { ($0.name, $0.insertion) })

    let connection: Connection
    let replica: Replica

    init(_ connection: Connection, _ replica: Replica) { (self.connection, self.replica) = (connection, replica) }

    /// Puts the rows of one record in the place of those that it had.
    func write(_ key: RecordKey) throws {
        do {
            switch key.collection {
            case RetailSchema.member.number: try writeMember(key)
            case RetailSchema.product.number: try writeProduct(key)
            case RetailSchema.article.number: try writeArticle(key)
            case RetailSchema.category.number: try writeCategory(key)
            case RetailSchema.barcode.number: try writeBarcode(key)
            case RetailSchema.tax.number: try writeTax(key)
            case RetailSchema.priceList.number: try writePriceList(key)
            case RetailSchema.price.number: try writePrice(key)
            case RetailSchema.customer.number: try writeCustomer(key)
            case RetailSchema.account.number: try writeAccount(key)
            case RetailSchema.order.number: try writeOrder(key)
            case RetailSchema.accountPayment.number: try writeAccountPayment(key)
            case RetailSchema.receipt.number: try writeReceipt(key)
            case RetailSchema.writeOff.number: try writeWriteOff(key)
            case RetailSchema.transfer.number: try writeTransfer(key)
            case RetailSchema.stocktake.number: try writeStocktake(key)
            case RetailSchema.day.number: try writeDay(key)
            // What is on a shelf is told by three records.
            case RetailSchema.stock.number, RetailSchema.count.number, RetailSchema.stockLimit.number:
                let stock = RetailSchema.stock(of: key.id, at: key.scope.member)
                try writeStock(stock)
                if key != stock { try writeInbox(stock) }
            case RetailSchema.settlement.number: return try writeSettled(key)
            default: break
            }
            // The order that goods came back of may be heard of later.
            if key.collection == RetailSchema.returnRight.number { return try watch(key) }
            try writeInbox(key)
        } catch ReplicaError.damagedRow {
            return
        }
    }

    func insert(_ table: String, _ values: [SQLValue]) throws {
        guard let insertion = Self.insertions[table] else { preconditionFailure("the table \(table) is listed") }
        try connection.run(insertion, values)
    }

    /// Takes the rows of a paper out.
    func delete(_ key: RecordKey, from tables: String..., by column: String = "store") throws {
        for table in tables {
            try connection.run(
                "DELETE FROM \(table) WHERE \(column) = ? AND number = ?",
                [.integer(Int64(key.scope.member)), .text("\(key.id)")])
        }
    }

    /// What a paper has moved.
    func writeMovements(_ key: RecordKey) throws {
        let place = [key.scope.value, .text("\(key.id)")]
        try connection.run("DELETE FROM movements WHERE paper_scope = ? AND paper = ?", place)
        for movement in try replica.movements(of: key) {
            try insert(
                "movements",
                [
                    .integer(Int64(movement.store)), .id(movement.sku), .integer(movement.moved), .text(movement.kind.name),
                    .integer(movement.net), place[0], place[1], .integer(Int64(movement.fact.run.origin.member)),
                ])
        }
    }

    /// What is found by a part of a word.
    func writeSearch(_ kind: String, _ key: RecordKey, _ words: [String?]) throws {
        let row: [SQLValue] = [.text(kind), .integer(Int64(key.scope.member)), .id(key.id)]
        let text = words.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n")
        let known = try connection.rows("SELECT row FROM search_row WHERE kind = ? AND store = ? AND id = ?", row).first?[0]
        if let known { try connection.run("DELETE FROM search WHERE rowid = ?", [known]) }
        guard !text.isEmpty else { return }
        if known == nil { try connection.run("INSERT INTO search_row (kind, store, id) VALUES (?, ?, ?)", row) }
        let place =
            try known ?? connection.rows("SELECT row FROM search_row WHERE kind = ? AND store = ? AND id = ?", row)[0][0]
        try connection.run(
            "INSERT INTO search (rowid, kind, store, id, text) VALUES (?, ?, ?, ?, ?)", [place] + row + [.text(text)])
    }

    // MARK: The inbox

    private func watch(_ key: RecordKey) throws {
        guard try replica.record(key).counter(RetailSchema.ReturnRight.goodwill).value > 0 else { return }
        try connection.run("INSERT OR IGNORE INTO watched VALUES (?, ?)", [key.scope.value, .id(key.id)])
    }

    /// Looks again at what more than one record tells.
    func writeWatched() throws {
        for row in try connection.rows("SELECT scope, record FROM watched") {
            guard case .integer(let scope) = row[0], case .text(let text) = row[1], let id = Identifier(text) else { continue }
            try writeInbox(
                RecordKey(scope: Scope(rawValue: UInt32(scope)), collection: RetailSchema.returnRight.number, id: id))
        }
    }

    /// Finds customers that seem to be one among all of them.
    func writeDuplicates() throws {
        try connection.run("DELETE FROM inbox WHERE kind = 'duplicate-customer'")
        let rows = try connection.rows(
            "SELECT digits, id FROM customers WHERE merged_into IS NULL AND digits IN (SELECT digits FROM duplicate_customers) "
                + "ORDER BY digits, id")
        var first: (digits: SQLValue, id: Identifier)?
        for row in rows {
            guard case .text(let text) = row[1], let id = Identifier(text) else { continue }
            if let first, first.digits == row[0] {
                let entry = try replica.duplicate(first.id, id)
                let pair = "\(first.id)\(RetailSchema.idSeparator)\(id)"
                try insert(entry, [entry.subject.scope.value, .integer(Int64(entry.subject.collection)), .text(pair)])
            } else {
                first = (row[0], id)
            }
        }
    }

    private func writeInbox(_ key: RecordKey) throws {
        let place: [SQLValue] = [key.scope.value, .integer(Int64(key.collection)), .id(key.id)]
        try connection.run("DELETE FROM inbox WHERE scope = ? AND collection = ? AND record = ?", place)
        for entry in try replica.inbox(about: key) { try insert(entry, place) }
    }

    private func insert(_ entry: InboxEntry, _ place: [SQLValue]) throws {
        let word = entry.settlements.first
        try insert(
            "inbox",
            [
                .id(entry.id), .text(entry.kind.rawValue), .integer(Int64(entry.subject.scope.member)), .text(entry.happened),
                .text(entry.done),
                .text(entry.values.joined(separator: "\n")), .text(entry.ways.map(\.name).joined(separator: ", ")),
                .optional(word?.settled), .optional(word?.way), .optional(word?.clerk), .optional(word?.note),
            ] + place)
    }

    private func writeSettled(_ key: RecordKey) throws {
        let rows = try connection.rows(
            "SELECT scope, collection, record FROM inbox WHERE id = ? AND kind <> 'duplicate-customer'", [.id(key.id)])
        for row in rows {
            guard case .integer(let scope) = row[0], case .integer(let collection) = row[1], case .text(let text) = row[2],
                let id = Identifier(text)
            else { continue }
            try writeInbox(RecordKey(scope: Scope(rawValue: UInt32(scope)), collection: UInt16(collection), id: id))
        }
    }
}

extension SQLValue {
    static func id(_ id: Identifier) -> SQLValue { .text("\(id)") }

    static func optional(_ id: Identifier?) -> SQLValue { id.map { .text("\($0)") } ?? .null }
    static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    static func optional(_ number: Int64?) -> SQLValue { number.map { .integer($0) } ?? .null }
    static func optional(_ number: UInt32?) -> SQLValue { number.map { .integer(Int64($0)) } ?? .null }
}
