/// What a reader remembers of the events so far, to check each one against those before it.
///
/// Holds one status byte for each order and the ids of orders and receipts; ``LogLimits/ids`` says how much memory that is.
struct LogHistory {
    private var lastNumber: Int64?
    private var lastMilliseconds = LogLimits.timeMilliseconds.lowerBound
    private var statuses: [String: LogStatus] = [:]
    private var receipts: Set<String> = []

    /// Takes `event` in, or throws and is of no further use.
    mutating func admit(_ event: LogEvent) throws(LogError.Problem) {
        if let lastNumber, event.number <= lastNumber {
            throw .numberNotRising(number: event.number, previous: lastNumber)
        }
        guard event.timeMilliseconds >= lastMilliseconds else {
            throw .timeFalling(timeMilliseconds: event.timeMilliseconds, previousMilliseconds: lastMilliseconds)
        }
        switch event.kind {
        case .order(let order): try admit(order)
        case .status(let change): try admit(change)
        case .receipt(let receipt): try admit(receipt)
        case .customer: break
        }
        lastNumber = event.number
        lastMilliseconds = event.timeMilliseconds
    }

    private mutating func admit(_ order: LogOrder) throws(LogError.Problem) {
        guard statuses.count < LogLimits.ids else { throw .tooManyIds(limit: LogLimits.ids) }
        guard statuses.updateValue(.new, forKey: order.id) == nil else { throw .repeatedOrder(id: order.id) }
    }

    private mutating func admit(_ change: LogStatusChange) throws(LogError.Problem) {
        guard let status = statuses[change.order] else { throw .orderNeverMade(id: change.order) }
        guard status.mayBecome(change.status) else {
            throw .statusBackwards(order: change.order, from: status, to: change.status)
        }
        statuses[change.order] = change.status
    }

    private mutating func admit(_ receipt: LogReceipt) throws(LogError.Problem) {
        guard receipts.count < LogLimits.ids else { throw .tooManyIds(limit: LogLimits.ids) }
        guard receipts.insert(receipt.id).inserted else { throw .repeatedReceipt(id: receipt.id) }
    }
}
