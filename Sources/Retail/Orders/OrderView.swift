public import CRDT
public import Replica

/// An order, or any other document of a till, as a person reads it: folded out of everything that is known of it here.
public struct OrderView: Hashable, Sendable {
    public struct Channel: Hashable, Sendable {
        public let name: Identifier
        /// What the order is called there.
        public let number: String

        public init(name: Identifier, number: String) {
            (self.name, self.number) = (name, number)
        }
    }

    public let id: Identifier
    public let store: UInt32
    /// A sale, if nobody has made it out as anything: out of a recorded log, or not arrived yet.
    public let kind: OrderKind
    public let customer: Identifier?
    public let cashier: Identifier?
    /// Milliseconds since 1970.
    public let placed: Int64?
    public let status: Progress
    /// What was handed over.
    public let lines: [SaleLine]
    /// What is ordered.
    public let ordered: [OrderedLine]
    /// What was taken back.
    public let returned: [ReturnedLine]
    public let payments: [Payment]
    public let points: Int64
    public let note: String?
    /// Milliseconds since 1970.
    public let due: Int64?
    public let phone: String?
    public let address: String?
    /// Where it came from, and its number there.
    public let channel: Channel?
    /// Under which name it waits for a till.
    public let held: String?
    /// How many documents bear this number; above 1, two machines have printed it without knowing of each other.
    public let issues: Int
    /// What a recorded log says.
    private let recordedPayment: String?
    private let recordedTotal: Int64?

    /// - Parameter runOf: the run under which a transaction of the order's scope was made.
    public init(_ key: RecordKey, _ record: Record, runOf: (Dot) -> Run?) {
        typealias Field = RetailSchema.Order
        id = key.id
        store = key.scope.member
        func facts(_ field: UInt32) -> [Fact] { record.facts(field, runOf: runOf) }
        let issue = facts(Field.issue).compactMap { TupleReader($0.value, atLeast: 5) }
        issues = issue.count
        kind = issue.first?.integer(0).flatMap(OrderKind.init(rawValue:)) ?? .sale
        placed = issue.first?.moment(1) ?? record.moment(Field.placed)
        customer = record.identifier(Field.customer) ?? issue.first?.identifier(2)
        cashier = issue.first?.identifier(3)
        status = record.progress(Field.status, in: OrderStatus.lattice)
        lines = facts(Field.lines).compactMap { SaleLine($0.value) }
        returned = facts(Field.returned).compactMap { ReturnedLine($0.value) }
        payments = facts(Field.payments).compactMap { Payment($0.value) }
        ordered = Self.ordered(facts(Field.ordered), record, lines)
        points = facts(Field.pointsEarned).reduce(0) { sum, fact in
            guard let points = TupleReader(fact.value, atLeast: 2)?.integer(1) else { return sum }
            return sum.addingWithinBounds(points)
        }
        note = record.text(Field.note)
        due = record.moment(Field.due)
        phone = record.text(Field.phone)
        address = record.text(Field.address)
        let channel = TupleReader(record.value(Field.channel), atLeast: 2)
        self.channel = channel?.identifier(0).flatMap { name in
            channel?.text(1).map { Channel(name: name, number: $0) }
        }
        held = record.text(Field.held)
        recordedPayment = Tender.name(of: record.value(Field.payment))
        recordedTotal = record.integer(Field.total)
    }

    private static func ordered(_ facts: [Fact], _ record: Record, _ lines: [SaleLine]) -> [OrderedLine] {
        facts.compactMap { fact in
            guard let original = SaleLine(fact.value) else { return nil }
            let change = record.register(SlotKey(field: RetailSchema.Order.changes, element: fact.id.element))
            let id = fact.id.lineID
            return OrderedLine(
                id: id, fact: fact.id, line: LineChange.line(original, changedBy: change?.value) ?? original,
                original: original,
                handedOver: lines.reduce(0) { $1.ordered == id ? $0.addingWithinBounds($1.quantity) : $0 },
                losers: (change?.losers ?? []).compactMap { LineChange.line(original, changedBy: $0.value) })
        }
    }

    /// The state above all that is left; nil if nothing of the order has arrived but what others said of it.
    public var current: OrderStatus? {
        if let joined = status.joined { return OrderStatus(rawValue: joined) }
        guard issues > 0 else { return nil }
        return ordered.isEmpty ? .done : .new
    }

    /// The status as one word.
    public var statusName: String { current?.name ?? "unknown" }

    /// Minor units: what was handed over, and as long as the order is not cancelled what is still to be; less what was taken back.
    /// Nil if nothing of the order has arrived yet that says so.
    public var total: Int64? {
        if let recordedTotal { return recordedTotal }
        guard issues > 0 else { return nil }
        let isWaiting = current?.isOpen == true || current == .shipped
        let open = isWaiting ? ordered.filter { $0.open > 0 }.map { $0.line.part(from: $0.handedOver, $0.open).amount } : []
        return (lines.map(\.amount) + open + returned.map { -$0.amount }).sumWithinBounds
    }

    /// Minor units that were paid, or charged to the customer's account.
    public var paid: Int64 { payments.map(\.amount).sumWithinBounds }

    /// How it was paid, in a word; `several` ways are in `payments`.
    public var payment: String? {
        if let recordedPayment { return recordedPayment }
        let tenders = Set(payments.map(\.tender))
        return tenders.count > 1 ? "several" : tenders.first
    }
}

extension RecordReader {
    /// An order as it is known here; nothing of it may have arrived but a status.
    public func order(_ id: Identifier, of store: UInt32) throws -> OrderView {
        let key = RetailSchema.order(id, of: store)
        return OrderView(key, try record(key)) { run(of: $0, in: key.scope) }
    }
}
