internal import CRDT
internal import Replica

private let goodsParameters: [Parameter] = [
    .required("sku", "the article"), .required("quantity", .integer, "of its smallest unit"),
]
private let wasteParameters: [Parameter] =
    goodsParameters + [.required("reason", .choice(WriteOffReason.allCases.map(\.name)), "why it cannot be sold")]

/// Goods: what comes, goes and is counted.
extension ShopOperation {
    static let stock: [ShopOperation] = [
        ShopOperation(
            "stock", "receive", "Take goods in from outside the chain",
            [
                .required("lines", .list(goodsParameters), "what was counted at the door"),
                Parameter("expected", .list(goodsParameters), "what the delivery note says"),
                Parameter("received", .moment, "when they came; now if it is not said"),
            ] + Form.goodsReceipt.parameters
        ) { transaction, counter, filled in
            let number = try transaction.receive(
                GoodsReceipt(
                    lines: try filled.goods("lines"), expected: try filled.goods("expected"),
                    supplier: try filled.id("supplier"),
                    reference: filled.text("reference"), note: filled.text("note"),
                    received: filled.integer("received") ?? counter.now,
                    year: counter.year), at: counter.till)
            let view = try transaction.goodsReceipt(number, of: counter.till.store)
            return ["number": .text("\(number)"), "differences": .list(view.differences.map(\.shown))]
        },
        ShopOperation(
            "stock", "write-off", "Take goods out that cannot be sold any more",
            [
                .required("lines", .list(wasteParameters), "what is gone"), Parameter("clerk", "who says so"),
                Parameter("approver", "who agrees, above the limit"),
                Parameter("waits", .flag, "above the limit, somebody agrees later"),
            ] + Form.writeOff.parameters
        ) { transaction, counter, filled in
            let lines = try filled.list("lines", wasteParameters).map { line in
                WriteOff.Line(
                    sku: try line.requiredID("sku"), quantity: try line.requiredInteger("quantity"),
                    reason: line.text("reason").flatMap(WriteOffReason.init(name:)) ?? .other)
            }
            let number = try transaction.writeOff(
                WriteOff(
                    lines: lines, clerk: try filled.id("clerk"), approver: try filled.id("approver"),
                    mayWait: filled.flag("waits"),
                    note: filled.text("note"), picture: filled.text("picture"), written: counter.now, year: counter.year),
                at: counter.till)
            let view = try transaction.writeOff(number, of: counter.till.store)
            return [
                "number": .text("\(number)"), "worth": .integer(view.lines.map(\.worth).sumWithinBounds),
                "status": .optional(view.status?.name),
            ]
        },
        ShopOperation(
            "stock", "send", "Send goods to another store",
            [
                .required("to", .store, "the store that they go to"), .required("lines", .list(goodsParameters), "what goes"),
                Parameter("order", "the order that they answer"),
            ] + Form.transfer.parameters
        ) { transaction, counter, filled in
            let receiver = try transaction.store("to", in: filled, at: counter)
            let number = try transaction.dispatch(
                Dispatch(
                    to: receiver, lines: try filled.goods("lines"), order: try filled.id("order"), note: filled.text("note"),
                    dispatched: counter.now, year: counter.year), at: counter.till)
            return ["number": .text("\(number)"), "to": .integer(Int64(receiver))]
        },
        ShopOperation(
            "stock", "take-in", "Take in goods that another store has sent",
            [
                .required("number", "the transfer's number, as on the paper"),
                Parameter("lines", .list(goodsParameters), "what was counted"),
                Parameter("partly", .flag, "more is still on its way"),
            ]
        ) { transaction, counter, filled in
            let number = try filled.requiredID("number")
            try transaction.takeIn(
                transfer: number, to: counter.till.store, try filled.goods("lines"), received: counter.now,
                isLast: !filled.flag("partly"))
            let view = try transaction.transfer(number, to: counter.till.store)
            return [
                "number": .text("\(number)"), "status": .optional(view.status?.name),
                "differences": .list(view.differences.map(\.shown)),
            ]
        },
        ShopOperation(
            "stock", "limit", "Say between what a stock should stay",
            [
                .required("sku", "the article"), Parameter("low", .integer, "at so many, or fewer, the inbox says so"),
                Parameter("high", .integer, "at so many, or more"),
            ]
        ) { transaction, counter, filled in
            let (low, high) = (filled.integer("low"), filled.integer("high"))
            try transaction.setLimits(of: filled.requiredID("sku"), at: counter.till.store, low: low, high: high)
            return ["sku": .optional(filled.text("sku")), "low": .optional(low), "high": .optional(high)]
        },
        ShopOperation(
            "stock", "open-count", "Begin a stocktake",
            [
                Parameter("name", "what it is called"),
                Parameter("blind", .flag, "whoever counts is not shown what the books say"),
            ]
        ) { transaction, counter, filled in
            let number = try transaction.openStocktake(
                filled.text("name") ?? "", isBlind: filled.flag("blind"), opened: counter.now, year: counter.year,
                at: counter.till)
            return ["number": .text("\(number)")]
        },
        ShopOperation(
            "stock", "count", "Enter what was found on a shelf",
            [
                .required("stocktake", "its number"), .required("sku", "the article"),
                .required("quantity", .integer, "of its smallest unit"),
                .required("by", "who looked"),
                Parameter("zone", "the part of the store; shop, where it sells, if it is not said"),
                Parameter("taken", .moment, "when the shelf was looked at; now if it is not said"),
                Parameter("recount", .flag, "it stands in place of whatever others have found there"),
            ]
        ) { transaction, counter, filled in
            let (stocktake, sku) = (try filled.requiredID("stocktake"), try filled.requiredID("sku"))
            let before = try transaction.stock(of: sku, at: counter.till.store).onHand
            let zone = try filled.id("zone") ?? Identifier(ShelfCount.salesZone)
            guard let zone else { throw DeskError.missing("zone") }
            try transaction.count(
                Finding(
                    sku: sku, zone: zone, counter: try filled.requiredID("by"),
                    quantity: try filled.requiredInteger("quantity"),
                    taken: filled.integer("taken") ?? counter.now, isRecount: filled.flag("recount")), in: stocktake,
                of: counter.till.store,
                at: counter.now)
            let isBlind = try transaction.stocktake(stocktake, of: counter.till.store).isBlind
            let after = try transaction.stock(of: sku, at: counter.till.store).onHand
            return [
                "sku": .text("\(sku)"), "booked": isBlind ? .nothing : .integer(before),
                "on_hand": isBlind ? .nothing : .integer(after),
            ]
        },
        ShopOperation("stock", "close-count", "End a stocktake", [.required("stocktake", "its number")]) {
            transaction, counter, filled in
            try transaction.closeStocktake(filled.requiredID("stocktake"), of: counter.till.store)
            return ["number": .optional(filled.text("stocktake")), "status": "closed"]
        },
        ShopOperation(
            "stock", "show", "Show what is where",
            [Parameter("sku", "only this article"), Parameter("store", .store, "only this store")]
        ) { replica, tables, counter, filled in
            var (conditions, values) = (["1 = 1"], [SQLValue]())
            if let sku = try filled.id("sku") {
                conditions.append("s.sku = ?")
                values.append(.id(sku))
            }
            if filled.has("store") {
                conditions.append("s.store = ?")
                values.append(.integer(Int64(try replica.store("store", in: filled, at: counter))))
            }
            return try tables.objects(
                "SELECT s.store, s.sku, s.on_hand, coalesce(r.quantity, 0) AS reserved, (SELECT coalesce(sum(quantity), 0) FROM in_transit WHERE receiver = s.store AND number IN (SELECT number FROM transfer_lines WHERE sku = s.sku)) AS coming, s.counted_at, s.provisional FROM stock s LEFT JOIN reserved r ON r.store = s.store AND r.sku = s.sku WHERE \(conditions.joined(separator: " AND ")) ORDER BY s.store, s.sku",
                values)
        },
        ShopOperation(
            "stock", "why", "Account for every unit since the last count",
            [.required("sku", "the article"), Parameter("store", .store, "the store; this one if it is not said")]
        ) { replica, tables, counter, filled in
            let (sku, store) = (try filled.requiredID("sku"), try replica.store("store", in: filled, at: counter))
            let view = try replica.stock(of: sku, at: store)
            let place: [SQLValue] = [.integer(Int64(store)), .id(sku)]
            let since = view.count?.reference.taken ?? 0
            let movements = try tables.objects(
                "SELECT moved, kind, quantity, paper, member FROM movements WHERE store = ? AND sku = ? AND moved > ? ORDER BY moved, paper",
                place + [.integer(since)])
            let listed = try tables.rows(
                "SELECT coalesce(sum(quantity), 0) FROM movements WHERE store = ? AND sku = ? AND moved > ?",
                place + [.integer(since)])
            let sum: Int64 = if case .integer(let sum)? = listed.first?.first { sum } else { 0 }
            return [
                "sku": .text("\(sku)"), "store": .integer(Int64(store)), "counted": .optional(view.count?.quantity),
                "counted_at": .optional(view.count?.reference.taken), "movements": movements,
                // Papers that bear a time before the look, and moved goods after it, or the other way round.
                "other": .integer(
                    view.onHand.addingWithinBounds(0 &- sum).addingWithinBounds(0 &- (view.count?.quantity ?? 0))),
                "on_hand": .integer(view.onHand), "provisional": .flag(!(view.count?.waiting.isEmpty ?? true)),
            ]
        },
        ShopOperation("stock", "alerts", "Show what is too little or too much", []) { _, tables, _, _ in
            try tables.objects("SELECT * FROM stock_alerts ORDER BY store, sku")
        },
    ]
}

extension Filled {
    fileprivate func goods(_ name: String) throws -> [StockLine] {
        try list(name, goodsParameters).map {
            StockLine(sku: try $0.requiredID("sku"), quantity: try $0.requiredInteger("quantity"))
        }
    }
}

extension StockLine {
    fileprivate var shown: DeskValue { ["sku": .text("\(sku)"), "quantity": .integer(quantity)] }
}
