internal import CRDT

/// What every document has to keep to, wherever it is made out.
public enum OrderRules {
    /// With its payments and its changes a document of so many lines stays far below what one record may hold.
    public static let lineLimit = 400
    public static let paymentLimit = 20

    /// From 1970 to 2099.
    static let moments: Range<Int64> = 0..<4_102_444_800_000

    /// - Parameter articles: what is known of a SKU; nil: there is no such article.
    static func check(_ lines: [SaleLine], articles: (Identifier) throws -> Article?) throws {
        guard (1...lineLimit).contains(lines.count) else { throw OrderError.lineCount(lines.count) }
        for (index, line) in lines.enumerated() {
            if let fault = fault(of: line) { throw OrderError.line(index, fault) }
            guard try articles(line.sku) != nil else { throw OrderError.line(index, .unknownArticle(line.sku)) }
        }
        _ = try total(of: lines)
    }

    private static func fault(of line: SaleLine) -> LineFault? {
        guard (1...Unit.quantityLimit).contains(line.quantity) else { return .quantityOutOfRange }
        guard (0...SaleLine.priceLimit).contains(line.unitPrice), (1...1_000_000).contains(line.per) else {
            return .priceOutOfRange
        }
        guard (0...line.gross).contains(line.discount) else {
            return .discountAbovePrice(gross: line.gross)
        }
        guard (0...10_000).contains(line.taxRate) else { return .taxRateOutOfRange }
        guard line.note.count <= SaleLine.noteLimit, line.note.utf8.count <= 4 * SaleLine.noteLimit else { return .noteTooLong }
        return PlainText.isPrintable(line.note) ? nil : .unprintable
    }

    static func total(of lines: [SaleLine]) throws(OrderError) -> Int64 {
        var total: Int64 = 0
        for line in lines {
            total = total.addingWithinBounds(line.amount)
            guard total <= Money.limit else { throw .totalTooLarge }
        }
        return total
    }

    /// - Parameter sign: 1 for what is paid in, -1 for what is paid out.
    static func check(_ payments: [Payment], sign: Int64 = 1, by customer: Identifier?) throws(OrderError) {
        guard payments.count <= paymentLimit else { throw .paymentCount(payments.count) }
        for (index, payment) in payments.enumerated() {
            let name = payment.tender
            guard (1...Payment.nameLimit).contains(name.count), name.utf8.count <= 4 * Payment.nameLimit,
                PlainText.isPrintable(name)
            else { throw .payment(index, .malformedTender) }
            guard (-Money.limit...Money.limit).contains(payment.amount), payment.amount.signum() == sign else {
                throw .payment(index, .amountOutOfRange)
            }
            let reference = payment.reference
            guard reference.count <= Payment.referenceLimit, reference.utf8.count <= 4 * Payment.referenceLimit,
                PlainText.isPrintable(reference)
            else { throw .payment(index, .malformedReference) }
            if name == Tender.account.name, customer == nil { throw .accountWithoutCustomer }
        }
    }

    static func check(moment: Int64, field: String) throws(OrderError) {
        guard moments.contains(moment) else { throw .momentOutOfRange(field: field) }
    }
}
