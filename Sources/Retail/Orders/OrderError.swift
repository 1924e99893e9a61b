public import CRDT

/// Why a document was not made out, or an order not changed. Nothing was written.
public enum OrderError: Error, Hashable, Sendable {
    /// What is wrong with a line, by its place from 0.
    case line(Int, LineFault)
    /// What is wrong with a payment, by its place from 0.
    case payment(Int, PaymentFault)
    /// What keeps an order from being changed so.
    case order(Identifier, OrderFault)
    /// There is none, or more than one document holds.
    case lineCount(Int)
    case paymentCount(Int)
    case totalTooLarge
    /// What is paid is not what it costs, in minor units.
    case paymentsDiffer(total: Int64, paid: Int64)
    /// Only somebody who is known can owe something.
    case accountWithoutCustomer
    case momentOutOfRange(field: String)
    case text(FormError)
    case seriesFull(Identifier)
}

/// What is wrong with a line of a document.
public enum LineFault: Hashable, Sendable {
    case unknownArticle(Identifier)
    case withdrawnArticle(Identifier)
    case quantityOutOfRange
    case priceOutOfRange
    /// It is below 0, or more than the goods cost.
    case discountAbovePrice(gross: Int64)
    case taxRateOutOfRange
    case noteTooLong
    case unprintable
    /// The order has no line of this name.
    case unknownLine(String)
    /// More is handed over than is left of the line.
    case tooMuchHandedOver(open: Int64)
    /// Less is ordered than was handed over already.
    case handedOverAlready(Int64)
    /// The order is known here, and none of that was sold with it.
    case notSold(Identifier)
    case tooMuchReturned(left: Int64)
    /// More is given back than was paid.
    case amountAboveSale(most: Int64)
    case amountBelowZero
    /// The order is not known here, so nobody but the receipt can say what was paid.
    case amountUnknown
    /// The right to take it back is elsewhere.
    case noReturnRight(held: Int64)
    /// What is left of the store's goodwill here, in minor units.
    case noGoodwill(held: Int64)
}

extension LineFault: Error {}

/// What is wrong with a payment.
public enum PaymentFault: Hashable, Sendable {
    case malformedTender
    case amountOutOfRange
    case malformedReference
}

/// What keeps an order from being changed.
public enum OrderFault: Hashable, Sendable {
    case unknown
    case wrongKind(OrderKind)
    /// It is over, or has left already.
    case notOpen(OrderStatus?)
    case doesNotFollow(from: OrderStatus?, to: OrderStatus)
    case nothingLeft
}

extension OrderError: Refusal {
    public var problem: Problem {
        switch self {
        case .line(let index, let fault): fault.problem("lines[\(index)]")
        case .payment(let index, let fault): fault.problem("payments[\(index)]")
        case .order(let id, let fault): fault.problem(id)
        case .lineCount(let count):
            Problem(
                "line-count", field: "lines",
                count == 0 ? "There is no line." : "There are \(count) lines, more than a document holds.",
                remedy: "Give 1 to \(OrderRules.lineLimit) lines.")
        case .paymentCount(let count):
            Problem(
                "payment-count", field: "payments", "There are \(count) payments, more than a document holds.",
                remedy: "Give at most \(OrderRules.paymentLimit).")
        case .totalTooLarge:
            Problem(
                "total-too-large", field: "lines", "The sum is more than a document may come to.",
                remedy: "Check quantities and prices, or split the order.")
        case .paymentsDiffer(let total, let paid):
            Problem(
                "payments-differ", field: "payments", "It costs \(total), and \(paid) are paid, in minor units.",
                remedy: "Let the payments add up to the total; what is given back as change is no payment.")
        case .accountWithoutCustomer:
            Problem(
                "no-customer", field: "customer", "Nobody is named who owes it.",
                remedy: "Name the customer, or choose another way to pay.")
        case .momentOutOfRange(let field):
            Problem(
                "out-of-range", field: field, "This time is out of bounds.",
                remedy: "Give one from 1970 to 2099, in milliseconds since 1970.")
        case .text(let error): error.problem
        case .seriesFull(let name):
            Problem(
                "series-full", "The series \(name) has no number left.", remedy: "Use another till until the year is over.")
        }
    }
}

extension LineFault {
    func problem(_ line: String) -> Problem {
        switch self {
        case .unknownArticle(let sku): CatalogueError.unknownArticle(sku, field: "\(line).sku").problem
        case .withdrawnArticle(let sku):
            Problem(
                "withdrawn-article", field: "\(line).sku", "\(sku) is not sold any more.",
                remedy: "Sell what is left over the counter, or order another article.")
        case .quantityOutOfRange:
            Problem(
                "out-of-range", field: "\(line).quantity", "This quantity cannot be taken.",
                remedy: "Give one from 1 to \(Unit.quantityLimit), in the article's smallest unit.")
        case .priceOutOfRange:
            Problem(
                "out-of-range", field: "\(line).unit_price", "This is no price.",
                remedy: "Give a whole number of minor units from 0 to \(SaleLine.priceLimit).")
        case .discountAbovePrice(let gross):
            Problem(
                "discount-above-price", field: "\(line).discount", "The discount is not within what the goods cost.",
                remedy: "Give minor units from 0 to \(gross).")
        case .taxRateOutOfRange:
            Problem(
                "out-of-range", field: "\(line).tax_rate", "This is no tax rate.",
                remedy: "Give hundredths of a percent from 0 to 10000.")
        case .noteTooLong:
            Problem(
                "too-long", field: "\(line).note", "The note is too long.",
                remedy: "Give at most \(SaleLine.noteLimit) characters.")
        case .unprintable:
            Problem("unprintable", field: "\(line).note", "There is a control character in it.", remedy: "Take it out.")
        case .unknownLine(let name):
            Problem(
                "unknown-line", field: "\(line).line", "The order has no line \(name).",
                remedy: "Look at the order, and name one of its lines.")
        case .tooMuchHandedOver(let open):
            Problem(
                "too-much", field: "\(line).quantity", "Only \(open) of it are still to be handed over.",
                remedy: "Hand over at most that, or change the order first.")
        case .handedOverAlready(let quantity):
            Problem(
                "too-little", field: "\(line).quantity", "\(quantity) of it were handed over already.",
                remedy: "Give at least that; goods that come back are a refund.")
        case .notSold(let sku):
            Problem(
                "not-sold", field: "\(line).sku", "\(sku) was not sold with this order.", remedy: "Check the receipt.")
        case .tooMuchReturned(let left):
            Problem(
                "refund-above-sale", field: "\(line).quantity", "Of that only \(left) are left to be taken back.",
                remedy: "Check the receipt: more was not sold, or was taken back before.")
        case .amountAboveSale(let most):
            Problem(
                "refund-above-sale", field: "\(line).amount", "More would be given back than was paid.",
                remedy: "Give at most \(most) minor units.")
        case .amountBelowZero:
            Problem(
                "out-of-range", field: "\(line).amount", "This is no amount to give back.",
                remedy: "Give minor units from 0 on.")
        case .amountUnknown:
            Problem(
                "amount-unknown", field: "\(line).amount", "The order is not known here, nor what was paid.",
                remedy: "Give what stands on the receipt, in minor units.")
        case .noReturnRight(let held):
            Problem(
                "no-return-right", field: "\(line).quantity",
                "The right to take this back is at the till that sold it; \(max(0, held)) of it are here.",
                remedy: "Ask for the right and try again when it is here, or give the money out of goodwill.")
        case .noGoodwill(let held):
            Problem(
                "no-goodwill", field: "\(line).amount", "Of the goodwill only \(max(0, held)) minor units are left here.",
                remedy: "Take the goods back at the store that sold them, or have HQ raise the goodwill.")
        }
    }
}

extension PaymentFault {
    func problem(_ payment: String) -> Problem {
        switch self {
        case .malformedTender:
            Problem(
                "malformed-tender", field: "\(payment).tender", "This is no way to pay.",
                remedy: "Give one of \(Tender.allCases.map(\.name).joined(separator: ", ")), or a name of up to "
                    + "\(Payment.nameLimit) characters.")
        case .amountOutOfRange:
            Problem(
                "out-of-range", field: "\(payment).amount", "This amount cannot be paid.",
                remedy: "Give minor units from 1 to \(Money.limit).")
        case .malformedReference:
            Problem(
                "malformed-reference", field: "\(payment).reference", "This is no reference.",
                remedy: "Give up to \(Payment.referenceLimit) characters, none of them a control character.")
        }
    }
}

extension OrderFault {
    func problem(_ id: Identifier) -> Problem {
        switch self {
        case .unknown:
            Problem(
                "unknown-order", field: "order", "There is no order \(id) here.",
                remedy: "Check the number, or wait until it has arrived.")
        case .wrongKind(let kind):
            Problem(
                "wrong-kind", field: "order", "\(id) is a \(kind.name), for which this cannot be done.",
                remedy: "Check the number.")
        case .notOpen(let status):
            Problem(
                "not-open", field: "order", "\(id) is \(status?.name ?? "unknown") and cannot be changed any more.",
                remedy: "Take goods back as a refund, or make out a new order.")
        case .doesNotFollow(let from, let to):
            Problem(
                "status-does-not-follow", field: "status", "\(id) is \(from?.name ?? "unknown"), and cannot become \(to.name).",
                remedy: "Look at the order first: somebody may have moved it on.")
        case .nothingLeft:
            Problem(
                "nothing-left", field: "order", "Nothing of \(id) is left to be handed over.",
                remedy: "Look at the order first: somebody may have handed it over.")
        }
    }
}
