public import CRDT
public import Replica

/// Goods that a store sends to another one.
public struct Dispatch: Hashable, Sendable {
    /// The member number of the store that they go to.
    public var receiver: UInt32
    public var lines: [StockLine]
    /// The order that is answered by it.
    public var order: Identifier?
    public var note: String?
    /// Milliseconds since 1970.
    public var dispatched: Int64
    /// The legal year, as 2026, where the sender stands.
    public var year: Int

    public init(
        to receiver: UInt32, lines: [StockLine], order: Identifier? = nil, note: String? = nil, dispatched: Int64, year: Int
    ) {
        (self.receiver, self.lines, self.order, self.note) = (receiver, lines, order, note)
        (self.dispatched, self.year) = (dispatched, year)
    }
}

extension Transaction {
    /// Sends goods to another store: they are gone here, and in transit until that one has taken them in.
    ///
    /// - Returns: the transfer's number, which goes with the goods.
    public func dispatch(_ goods: Dispatch, at till: Till) throws -> Identifier {
        guard goods.receiver != till.store, goods.receiver < 1 << 24 else { throw StockError.toItself }
        try StockRules.check(goods.lines) { try article($0, at: till.store) }
        try StockRules.check(moment: goods.dispatched, field: "dispatched")
        let number = try draw(.transfer, year: goods.year, at: till)
        let key = RetailSchema.transfer(number, to: goods.receiver)
        try set(RetailSchema.Transfer.sender, of: key, to: .integer(Int64(till.store)))
        try set(RetailSchema.Transfer.dispatched, of: key, to: .moment(goods.dispatched))
        for line in goods.lines {
            try state(line.value(.integer(Int64(till.store))), in: RetailSchema.Transfer.sent, of: key)
            try backDate(line.sku, at: till.store, moved: -line.quantity, at: goods.dispatched)
        }
        if let order = goods.order { try set(RetailSchema.Transfer.order, of: key, to: .identifier(order)) }
        if let note = goods.note { try edit(key, by: .transfer, [("note", .text(note))]) }
        // Whoever has taken the goods in already, from the paper that came with them, has moved it on.
        if try transfer(number, to: goods.receiver).status == nil {
            try advance(RetailSchema.Transfer.status, of: key, to: TransferStatus.sent.rawValue)
        }
        return number
    }

    /// Takes in goods that another store has sent, as they are counted; also before word of them has come, by the number on the paper.
    ///
    /// - Parameter isLast: whether nothing more is waited for.
    public func takeIn(
        transfer id: Identifier, to receiver: UInt32, _ lines: [StockLine], received: Int64, isLast: Bool
    ) throws {
        guard SeriesName("\(id)")?.kind == .transfer else { throw StockError.unknown(id, what: "transfer") }
        if !(lines.isEmpty && isLast) { try StockRules.check(lines) { try article($0, at: receiver) } }
        try StockRules.check(moment: received, field: "received")
        let view = try transfer(id, to: receiver)
        guard [nil, .sent].contains(view.status) else { throw StockError.doesNotFollow(id, from: view.status, to: .arrived) }
        let key = RetailSchema.transfer(id, to: receiver)
        for line in lines {
            try state(line.value(), in: RetailSchema.Transfer.arrived, of: key)
            try backDate(line.sku, at: receiver, moved: line.quantity, at: received)
        }
        try set(RetailSchema.Transfer.received, of: key, to: .moment(received))
        if isLast { try advance(RetailSchema.Transfer.status, of: key, to: TransferStatus.arrived.rawValue) }
    }

    /// Says what became of what did not arrive, or came too much.
    public func settle(transfer id: Identifier, to receiver: UInt32, as outcome: TransferOutcome) throws {
        let (view, key) = (try transfer(id, to: receiver), RetailSchema.transfer(id, to: receiver))
        guard view.status == .arrived else { throw StockError.doesNotFollow(id, from: view.status, to: .settled) }
        guard !view.differences.isEmpty else { throw StockError.nothingToSettle(id) }
        try set(RetailSchema.Transfer.outcome, of: key, to: .integer(outcome.rawValue))
        try advance(RetailSchema.Transfer.status, of: key, to: TransferStatus.settled.rawValue)
    }
}

extension Form {
    /// What may be edited of a transfer besides its lines.
    public static let transfer = Form(
        "transfer", [Entry("note", RetailSchema.Transfer.note, .text(limit: 1000), "what is to be minded")])
}

/// Goods between two stores as a person reads it.
public struct TransferView: Hashable, Sendable {
    public let id: Identifier
    /// The member number of the store that they come from; nil if its half has not arrived yet.
    public let sender: UInt32?
    public let receiver: UInt32
    /// Milliseconds since 1970.
    public let dispatched: Int64?
    /// Milliseconds since 1970.
    public let received: Int64?
    public let sent: [StockLine]
    public let arrived: [StockLine]
    /// Nil if nothing of it has arrived yet, or only goods that came before the word of them.
    public let status: TransferStatus?
    public let outcome: TransferOutcome?
    public let order: Identifier?
    public let note: String?

    /// What arrived beyond what was sent, below 0 what is missing.
    public var differences: [StockLine] { arrived.differences(from: sent) }

    /// What was sent and has neither arrived nor been settled: whoever sent it answers for it. Below 0 is what has come before the word
    /// of it, or too much.
    public var inTransit: [StockLine] { status == .settled ? [] : sent.differences(from: arrived) }

    public init(_ key: RecordKey, _ record: Record, runOf: (Dot) -> Run?) {
        typealias Field = RetailSchema.Transfer
        (id, receiver) = (key.id, key.scope.member)
        sender = record.integer(Field.sender).flatMap(UInt32.init(exactly:))
        dispatched = record.moment(Field.dispatched)
        received = record.moment(Field.received)
        sent = record.facts(Field.sent, runOf: runOf).compactMap { StockLine($0.value) }
        arrived = record.facts(Field.arrived, runOf: runOf).compactMap { StockLine($0.value) }
        status = record.progress(Field.status, in: TransferStatus.lattice).joined.flatMap(TransferStatus.init(rawValue:))
        outcome = record.integer(Field.outcome).flatMap(TransferOutcome.init(rawValue:))
        order = record.identifier(Field.order)
        note = record.text(Field.note)
    }
}

extension RecordReader {
    public func transfer(_ id: Identifier, to receiver: UInt32) throws -> TransferView {
        let key = RetailSchema.transfer(id, to: receiver)
        return TransferView(key, try record(key)) { run(of: $0, in: key.scope) }
    }
}
