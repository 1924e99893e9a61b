internal import CRDT
internal import Replica

/// What tills and stores write down.
extension TableWriter {
    private func place(_ key: RecordKey) -> [SQLValue] { [.integer(Int64(key.scope.member)), .id(key.id)] }

    func writeOrder(_ key: RecordKey) throws {
        let (order, place) = (try replica.order(key.id, of: key.scope.member), place(key))
        try delete(key, from: "order_lines", "payments")
        try insert(
            "orders",
            place + [
                .text(order.kind.name), .text(order.statusName), .optional(order.customer), .optional(order.cashier),
                .optional(order.placed),
                .optional(order.due), .optional(order.total), .integer(order.paid), .optional(order.note),
                .optional(order.phone),
                .optional(order.address), .optional(order.channel?.name), .optional(order.channel?.number),
                .optional(order.held),
                .integer(order.points),
            ])
        let open = order.ordered.filter { $0.open > 0 }.map { $0.line.part(from: $0.handedOver, $0.open) }
        let lines = order.lines.map { ("sold", $0) } + open.map { ("ordered", $0) }
        for (ordinal, (state, line)) in lines.enumerated() {
            try insert(
                "order_lines",
                place + [
                    .integer(Int64(ordinal)), .text(state), .id(line.sku), .integer(line.quantity), .integer(line.unitPrice),
                    .integer(line.per),
                    .integer(line.discount), .integer(line.taxRate), .integer(line.amount),
                    line.note.isEmpty ? .null : .text(line.note),
                ])
        }
        for (ordinal, line) in order.returned.enumerated() {
            try insert(
                "order_lines",
                place + [
                    .integer(Int64(lines.count + ordinal)), .text("returned"), .id(line.sku), .integer(line.quantity), .null,
                    .null, .null,
                    .integer(line.taxRate), .integer(line.amount), .text("\(line.order) \(line.goods.name) \(line.basis.name)"),
                ])
        }
        for (ordinal, payment) in order.payments.enumerated() {
            try insert(
                "payments",
                place + [
                    .integer(Int64(ordinal)), .text(payment.tender), .integer(payment.amount),
                    payment.reference.isEmpty ? .null : .text(payment.reference),
                ])
        }
        try writeMovements(key)
        // A receipt that says nothing else is found by its number.
        let words = [order.note, order.phone, order.address, order.held, order.channel?.number]
        if words.contains(where: { $0 != nil }) { try writeSearch("order", key, ["\(key.id)"] + words) }
    }

    func writeAccountPayment(_ key: RecordKey) throws {
        try delete(key, from: "account_payments")
        let record = try replica.record(key)
        for (ordinal, fact) in try replica.facts(RetailSchema.AccountPayment.payments, of: key).enumerated() {
            guard let payment = Payment(fact.value) else { continue }
            try insert(
                "account_payments",
                place(key) + [
                    .integer(Int64(ordinal)), .optional(TupleReader(fact.value, atLeast: 4)?.identifier(3)),
                    .optional(record.moment(RetailSchema.AccountPayment.taken)), .text(payment.tender),
                    .integer(payment.amount),
                    payment.reference.isEmpty ? .null : .text(payment.reference),
                ])
        }
    }

    func writeDay(_ key: RecordKey) throws {
        let (day, place) = (try replica.day(key.id, of: key.scope.member), place(key))
        try delete(key, from: "day_figures")
        try insert(
            "days",
            place + [
                .integer(Int64(day.till)), .optional(day.date), .optional(day.opened), .integer(day.float),
                .optional(day.clerk),
                .optional(day.status?.name),
            ])
        for (ordinal, report) in day.reports.enumerated() {
            for (name, amount) in report.figures.amounts.sorted(by: { $0.key < $1.key }) {
                try insert(
                    "day_figures", place + [.integer(Int64(ordinal)), .integer(report.closed), .text(name), .integer(amount)])
            }
        }
    }

    // MARK: Goods

    func writeStock(_ key: RecordKey) throws {
        let stock = try replica.stock(of: key.id, at: key.scope.member)
        let limits = try replica.record(RetailSchema.stockLimit(of: key.id, at: key.scope.member))
        try insert(
            "stock",
            place(key) + [
                .integer(stock.onHand), .optional(stock.count?.quantity), .optional(stock.count?.reference.taken),
                .integer(stock.count?.waiting.isEmpty ?? true ? 0 : 1),
            ] + StockView.Kind.allCases.map { .integer(stock[$0]) } + [
                .optional(limits.integer(RetailSchema.StockLimit.low)), .optional(limits.integer(RetailSchema.StockLimit.high)),
            ])
    }

    func writeReceipt(_ key: RecordKey) throws {
        let (view, place) = (try replica.goodsReceipt(key.id, of: key.scope.member), place(key))
        try delete(key, from: "goods_receipt_lines")
        try insert(
            "goods_receipts",
            place + [.optional(view.received), .optional(view.supplier), .optional(view.reference), .optional(view.note)])
        let lines = view.lines.map { ("received", $0) } + view.expected.map { ("expected", $0) }
        for (ordinal, (state, line)) in lines.enumerated() {
            try insert(
                "goods_receipt_lines", place + [.integer(Int64(ordinal)), .text(state), .id(line.sku), .integer(line.quantity)])
        }
        try writeMovements(key)
    }

    func writeWriteOff(_ key: RecordKey) throws {
        let (view, place) = (try replica.writeOff(key.id, of: key.scope.member), place(key))
        try delete(key, from: "write_off_lines")
        try insert(
            "write_offs",
            place + [
                .optional(view.written), .optional(view.status?.name), .optional(view.clerk), .optional(view.approver),
                .optional(view.note),
                .optional(view.picture),
            ])
        for (ordinal, line) in view.lines.enumerated() {
            try insert(
                "write_off_lines",
                place + [
                    .integer(Int64(ordinal)), .id(line.sku), .integer(line.quantity), .text(line.reason.name),
                    .integer(line.worth),
                ])
        }
        try writeMovements(key)
    }

    func writeTransfer(_ key: RecordKey) throws {
        let (view, place) = (try replica.transfer(key.id, to: key.scope.member), place(key))
        try delete(key, from: "transfer_lines", by: "receiver")
        try insert(
            "transfers",
            place + [
                .optional(view.sender), .optional(view.dispatched), .optional(view.received), .optional(view.status?.name),
                .optional(view.outcome?.name), .optional(view.order), .optional(view.note),
            ])
        let (sent, arrived) = (view.sent.sums, view.arrived.sums)
        for sku in Set((sent + arrived).map(\.sku)).sorted() {
            let counts = [sent, arrived].map { lines in lines.first { $0.sku == sku }?.quantity ?? 0 }
            try insert("transfer_lines", place + [.id(sku)] + counts.map { .integer($0) })
        }
        try writeMovements(key)
    }

    func writeStocktake(_ key: RecordKey) throws {
        let (view, place) = (try replica.stocktake(key.id, of: key.scope.member), place(key))
        try delete(key, from: "counts")
        try insert(
            "stocktakes",
            place + [
                .optional(view.name), .optional(view.opened), .optional(view.status?.name), .integer(view.isBlind ? 1 : 0),
            ])
        for (ordinal, entry) in view.entries.enumerated() {
            let finding = entry.finding
            try insert(
                "counts",
                place + [
                    .integer(Int64(ordinal)), .id(finding.sku), .id(finding.zone), .id(finding.counter),
                    .integer(finding.quantity),
                    .integer(finding.taken), .integer(entry.booked),
                ])
        }
    }
}
