internal import CRDT
internal import Replica

/// What several deeds about orders take.
enum OrderParameters {
    /// A line as it is sold or ordered; what is not said the catalogue says.
    static let line: [Parameter] = [
        .required("sku", "the article, or a code that stands for it"),
        Parameter("quantity", .integer, "of its smallest unit; 1 if it is not said"),
        Parameter("unit_price", .integer, "minor units; else the catalogue's price for this buyer"),
        Parameter("discount", .integer, "minor units off the line"), Parameter("note", "what the customer wants it to be"),
    ]
    static let payment: [Parameter] = [
        .required("tender", "cash, card, mobile, voucher, account, transfer, or another name"),
        .required("amount", .integer, "minor units"),
        Parameter("reference", "what the other side calls it"),
    ]
    static let number = Parameter.required("number", "the order's number")
    static let store = Parameter("store", .store, "the store that it belongs to; this one if it is not said")
}

/// Orders: from the counter to the last step, and back.
extension ShopOperation {
    static let orders: [ShopOperation] = [
        ShopOperation(
            "order", "sell", "Sell goods over the counter",
            [
                .required("lines", .list(OrderParameters.line), "what is sold"),
                Parameter("payments", .list(OrderParameters.payment), "how it is paid; they add up to the total"),
                Parameter("tender", "how all of it is paid; cash if nothing else is said"), Parameter("customer", "who buys"),
                Parameter("cashier", "who sells"), Parameter("points", .integer, "loyalty points that the customer earns"),
            ]
        ) { transaction, counter, filled in
            let customer = try filled.id("customer")
            let lines = try transaction.lines(filled, for: customer, at: counter)
            let payments = try filled.payments(tender: filled.text("tender") ?? "cash", of: lines.map(\.amount).sumWithinBounds)
            let number = try transaction.sell(
                Sale(
                    lines: lines, payments: payments, customer: customer, cashier: filled.id("cashier"), placed: counter.now,
                    year: counter.year, points: filled.integer("points") ?? 0), at: counter.till)
            return try transaction.receipt(number, counter.till.store)
        },
        ShopOperation(
            "order", "place", "Take an order whose goods are handed over later",
            [
                .required(
                    "kind", .choice(["sale", "pickup", "delivery", "replenishment"]), "a sale waits at the till to be recalled"),
                .required("lines", .list(OrderParameters.line), "what is ordered"),
                Parameter("payments", .list(OrderParameters.payment), "what is paid in advance"),
                Parameter("cashier", "who takes it"),
            ] + Form.order.parameters
        ) { transaction, counter, filled in
            guard let kind = filled.text("kind").flatMap(OrderKind.init(name:)) else { throw DeskError.missing("kind") }
            let customer = try filled.id("customer")
            let number = try transaction.place(
                OrderDraft(
                    kind, lines: try transaction.lines(filled, for: customer, at: counter), payments: try filled.payments(),
                    customer: customer, cashier: try filled.id("cashier"), placed: counter.now, year: counter.year),
                at: counter.till)
            try transaction.edit(
                order: number, of: counter.till.store, filled.inputs(.order).filter { $0.name != "customer" })
            return try transaction.receipt(number, counter.till.store)
        },
        ShopOperation(
            "order", "hand-over", "Hand an order's goods over, or send them on their way",
            [
                OrderParameters.number, OrderParameters.store,
                Parameter(
                    "lines", .list([.required("line", "its name"), .required("quantity", .integer, "how many")]),
                    "all that is left if it is not said"),
                Parameter("ships", .flag, "the goods are on their way, and not with the customer yet"),
            ]
        ) { transaction, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try transaction.store("store", in: filled, at: counter))
            let lines = try filled.list("lines", [.required("line", ""), .required("quantity", .integer, "")]).map {
                Transaction.HandOver(line: $0.text("line") ?? "", quantity: try $0.requiredInteger("quantity"))
            }
            try transaction.handOver(number, of: store, lines.isEmpty ? nil : lines, arrives: !filled.flag("ships"))
            return try transaction.receipt(number, store)
        },
        ShopOperation(
            "order", "pay", "Take money for an order",
            [
                OrderParameters.number, OrderParameters.store,
                .required("payments", .list(OrderParameters.payment), "what is paid"),
            ]
        ) { transaction, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try transaction.store("store", in: filled, at: counter))
            try transaction.pay(try filled.payments(), for: number, of: store)
            return try transaction.receipt(number, store)
        },
        ShopOperation(
            "order", "advance", "Say how far an order has come",
            [
                OrderParameters.number, OrderParameters.store,
                .required("status", .choice(["confirmed", "picking", "ready", "done"]), "the step that is done"),
            ]
        ) { transaction, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try transaction.store("store", in: filled, at: counter))
            guard let status = filled.text("status").flatMap(OrderStatus.init(name:)) else { throw DeskError.missing("status") }
            try transaction.advance(number, of: store, to: status)
            return try transaction.receipt(number, store)
        },
        ShopOperation(
            "order", "cancel", "Cancel an order of which nothing has left", [OrderParameters.number, OrderParameters.store]
        ) {
            transaction, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try transaction.store("store", in: filled, at: counter))
            try transaction.cancel(number, of: store)
            return try transaction.receipt(number, store)
        },
        ShopOperation(
            "order", "edit", "Edit what is known of an order besides its lines",
            [OrderParameters.number, OrderParameters.store] + Form.order.parameters
        ) {
            transaction, counter, filled in
            let (number, store) = (try filled.requiredID("number"), try transaction.store("store", in: filled, at: counter))
            try transaction.edit(order: number, of: store, filled.inputs(.order))
            return try transaction.receipt(number, store)
        },
        ShopOperation(
            "order", "refund", "Take goods back and give the money for them",
            [
                OrderParameters.number, OrderParameters.store,
                .required("lines", .list(refundParameters), "what comes back"),
                Parameter("tender", "how the money is given; cash if it is not said"),
                Parameter("cashier", "who takes it back"),
                Parameter("goodwill", .flag, "spend the store's goodwill where the right to take it back is elsewhere"),
            ]
        ) { transaction, counter, filled in
            let lines = try filled.list("lines", refundParameters).map { line in
                Refund.Line(
                    sku: try line.requiredID("sku"), quantity: line.integer("quantity") ?? 1, amount: line.integer("amount"),
                    goods: line.text("goods").flatMap(ReturnedLine.Goods.init(name:)) ?? .toStock)
            }
            let number = try transaction.refund(
                Refund(
                    order: try filled.requiredID("number"), store: try transaction.store("store", in: filled, at: counter),
                    lines: lines,
                    tender: filled.text("tender") ?? "cash", cashier: try filled.id("cashier"), placed: counter.now,
                    year: counter.year,
                    allowsGoodwill: filled.flag("goodwill")), at: counter.till)
            return try transaction.receipt(number, counter.till.store)
        },
        ShopOperation("order", "show", "Show an order", [OrderParameters.number]) { replica, tables, _, filled in
            let id = try filled.requiredID("number")
            guard case .list(let found) = try tables.objects("SELECT * FROM orders WHERE number = ?", [.id(id)]),
                case .object(let members)? = found.first, case .integer(let store)? = found.first?["store"]
            else { throw OrderError.order(id, .unknown) }
            let lines = try tables.objects(
                "SELECT state, sku, quantity, unit_price, discount, tax_rate, amount, note FROM order_lines "
                    + "WHERE number = ? ORDER BY store, ordinal", [.id(id)])
            let payments = try tables.objects(
                "SELECT tender, amount, reference FROM payments WHERE number = ? ORDER BY store, ordinal", [.id(id)])
            let ordered = try replica.order(id, of: UInt32(store)).ordered.map { line -> DeskValue in
                [
                    "line": .text(line.id), "sku": .text("\(line.line.sku)"), "quantity": .integer(line.line.quantity),
                    "handed_over": .integer(line.handedOver), "unit_price": .integer(line.line.unitPrice),
                    "discount": .integer(line.line.discount), "note": .text(line.line.note),
                ]
            }
            return .object(
                members + [.init("lines", lines), .init("ordered", .list(ordered)), .init("payments", payments)])
        },
        ShopOperation(
            "order", "list", "List orders, the latest first",
            [
                Parameter("status", "only these"), Parameter("customer", "only this customer's"), OrderParameters.store,
                Parameter("text", "only those with this in their note, address, telephone or other number"),
                Parameter("day", .integer, "only those of this day in UTC, as 20260302"),
                Parameter("limit", .integer, "at most so many; 50 if it is not said"),
            ]
        ) { replica, tables, counter, filled in
            var (conditions, values) = (["1 = 1"], [SQLValue]())
            func require(_ condition: String, _ value: SQLValue?) {
                guard let value else { return }
                conditions.append(condition)
                values.append(value)
            }
            require("status = ?", filled.text("status").map { .text($0) })
            require("customer = ?", try filled.id("customer").map { .id($0) })
            require(
                "store = ?", filled.has("store") ? .integer(Int64(try replica.store("store", in: filled, at: counter))) : nil)
            require("strftime('%Y%m%d', placed / 1000, 'unixepoch') = ?", filled.integer("day").map { .text("\($0)") })
            require(
                "(store, number) IN (SELECT store, id FROM search WHERE kind = 'order' AND text LIKE ?)",
                filled.text("text").map { .text("%\($0)%") })
            let limit = min(max(filled.integer("limit") ?? 50, 1), 1000)
            return try tables.objects(
                "SELECT number, store, kind, status, placed, customer, total, paid FROM orders WHERE \(conditions.joined(separator: " AND ")) ORDER BY placed DESC, number DESC LIMIT \(limit)",
                values)
        },
    ]

    private static let refundParameters: [Parameter] = [
        .required("sku", "the article"), Parameter("quantity", .integer, "of its smallest unit; 1 if it is not said"),
        Parameter("amount", .integer, "minor units; what was paid for it if it is not said"),
        Parameter("goods", .choice(["stock", "scrap"]), "back on the shelf, or not to be sold again"),
    ]
}

extension Filled {
    fileprivate func payments() throws -> [Payment] {
        try list("payments", OrderParameters.payment).map {
            Payment(
                tender: $0.text("tender") ?? "", amount: try $0.requiredInteger("amount"), reference: $0.text("reference") ?? ""
            )
        }
    }

    /// - Parameter tender: of all of it, if nobody says how it is paid.
    fileprivate func payments(tender: String, of total: Int64) throws -> [Payment] {
        if has("payments") { return try payments() }
        return total == 0 ? [] : [Payment(tender: tender, amount: total)]
    }
}

extension Transaction {
    /// Lines with the catalogue's prices and taxes where nothing else is said.
    func lines(_ filled: Filled, for customer: Identifier?, at counter: ShopCounter) throws -> [SaleLine] {
        let tier = try customer.flatMap { try self.customer($0).tier }.flatMap { Identifier($0) }
        let buyer = Buyer(store: counter.till.store, tier: tier)
        return try filled.list("lines", OrderParameters.line).enumerated().map { index, line in
            let typed = try line.requiredID("sku")
            let known = try article(typed, at: counter.till.store)
            let scan = known == nil ? try? scan("\(typed)", at: counter.till.store) : nil
            let sku = scan?.sku ?? typed
            guard let article = try known ?? article(sku, at: counter.till.store) else {
                throw OrderError.line(index, .unknownArticle(sku))
            }
            var quantity = line.integer("quantity") ?? 1
            if case .quantity(let scanned)? = scan?.amount {
                quantity = quantity.multipliedReportingOverflow(by: scanned).partialValue
            }
            guard let price = try line.integer("unit_price") ?? price(of: sku, for: buyer, at: counter.now)?.amount else {
                throw CatalogueError.noPrice(sku, field: "lines[\(index)].unit_price")
            }
            return SaleLine(
                sku: sku, quantity: quantity, unitPrice: price, per: article.unit.priced,
                discount: line.integer("discount") ?? 0,
                taxRate: try taxRate(of: article.tax, at: counter.now), note: line.text("note") ?? "")
        }
    }

    /// What is told of a document that was just made out, or changed.
    func receipt(_ number: Identifier, _ store: UInt32) throws -> DeskValue {
        let order = try order(number, of: store)
        return [
            "number": .text("\(number)"), "store": .integer(Int64(store)), "kind": .text(order.kind.name),
            "status": .text(order.statusName),
            "total": .optional(order.total), "paid": .integer(order.paid),
            "hash": .optional(try issued(number, of: store).last.map { "\($0.hash)" }),
        ]
    }
}
