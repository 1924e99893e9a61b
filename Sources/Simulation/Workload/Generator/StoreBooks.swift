/// The running numbers and the stock of one store of a made-up chain.
struct StoreBooks {
    private let store: String
    private var lastOrder = 0
    private var lastReceipt = 0
    private var stock: [Int: Int64] = [:]

    init(store: String) {
        self.store = store
    }

    mutating func nextOrderID() -> String {
        lastOrder += 1
        return store + "-" + decimal(lastOrder, digits: 7)
    }

    /// Books a day's sales and the deliveries of that morning without which stock would fall below two.
    mutating func receipts(for sold: SoldQuantities) -> [LogReceipt] {
        var lines: [LogReceipt.Line] = []
        for (sku, quantity) in sold.entries {
            var held = stock[sku, default: 0]
            if held - quantity < 2 {
                let packs = (quantity * 3 + 12 - held) / 6 + 1
                lines.append(LogReceipt.Line(sku: TradeCatalogue.id(sku), quantity: packs * 6))
                held += packs * 6
            }
            stock[sku] = held - quantity
        }
        return stride(from: 0, to: lines.count, by: LogLimits.receiptLines).map { start in
            lastReceipt += 1
            let chunk = lines[start..<min(start + LogLimits.receiptLines, lines.count)]
            return LogReceipt(id: store + "-R" + decimal(lastReceipt, digits: 5), lines: Array(chunk))
        }
    }
}
