public import CRDT
public import Replica

/// Goods that come from outside the chain.
public struct GoodsReceipt: Hashable, Sendable {
    /// What was counted at the door.
    public var lines: [StockLine]
    /// What the delivery note says; nothing if there is none.
    public var expected: [StockLine]
    public var supplier: Identifier?
    /// The delivery note's number.
    public var reference: String?
    public var note: String?
    /// Milliseconds since 1970.
    public var received: Int64
    /// The legal year, as 2026, where the store stands.
    public var year: Int

    public init(
        lines: [StockLine], expected: [StockLine] = [], supplier: Identifier? = nil, reference: String? = nil,
        note: String? = nil,
        received: Int64, year: Int
    ) {
        (self.lines, self.expected, self.supplier, self.reference) = (lines, expected, supplier, reference)
        (self.note, self.received, self.year) = (note, received, year)
    }
}

extension Transaction {
    /// Takes goods in: what was counted is on the shelf, whatever the delivery note says.
    ///
    /// - Returns: the receipt's number, which is final.
    public func receive(_ goods: GoodsReceipt, at till: Till) throws -> Identifier {
        try StockRules.check(goods.lines) { try article($0, at: till.store) }
        if !goods.expected.isEmpty { try StockRules.check(goods.expected) { try article($0, at: till.store) } }
        try StockRules.check(moment: goods.received, field: "received")
        let number = try draw(.goodsReceipt, year: goods.year, at: till)
        let key = RetailSchema.receipt(number, of: till.store)
        try set(RetailSchema.Receipt.received, of: key, to: .moment(goods.received))
        for line in goods.lines {
            try state(line.value(), in: RetailSchema.Receipt.lines, of: key)
            try backDate(line.sku, at: till.store, moved: line.quantity, at: goods.received)
        }
        for line in goods.expected { try state(line.value(), in: RetailSchema.Receipt.expected, of: key) }
        var inputs: [(name: String, input: Form.Input)] = []
        if let supplier = goods.supplier { inputs.append(("supplier", .text("\(supplier)"))) }
        if let reference = goods.reference { inputs.append(("reference", .text(reference))) }
        if let note = goods.note { inputs.append(("note", .text(note))) }
        try edit(key, by: .goodsReceipt, inputs)
        return number
    }
}

extension Form {
    /// What may be edited of a goods receipt besides its lines.
    public static let goodsReceipt = Form(
        "goods receipt",
        [
            Entry("supplier", RetailSchema.Receipt.supplier, .identifier(of: nil), "who sent the goods"),
            Entry("reference", RetailSchema.Receipt.reference, .text(limit: 100), "the delivery note's number"),
            Entry("note", RetailSchema.Receipt.note, .text(limit: 1000), "what is to be minded"),
        ])
}

/// A goods receipt as a person reads it.
public struct GoodsReceiptView: Hashable, Sendable {
    public let id: Identifier
    public let store: UInt32
    /// Milliseconds since 1970; nil if nothing of it has arrived yet.
    public let received: Int64?
    public let lines: [StockLine]
    public let expected: [StockLine]
    public let supplier: Identifier?
    public let reference: String?
    public let note: String?

    /// What came beyond the delivery note, below 0 what was missing; nothing if there was no note.
    public var differences: [StockLine] { expected.isEmpty ? [] : lines.differences(from: expected) }

    public init(_ key: RecordKey, _ record: Record, runOf: (Dot) -> Run?) {
        typealias Field = RetailSchema.Receipt
        (id, store) = (key.id, key.scope.member)
        received = record.moment(Field.received)
        lines = record.facts(Field.lines, runOf: runOf).compactMap { StockLine($0.value) }
        expected = record.facts(Field.expected, runOf: runOf).compactMap { StockLine($0.value) }
        supplier = record.identifier(Field.supplier)
        reference = record.text(Field.reference)
        note = record.text(Field.note)
    }
}

extension RecordReader {
    public func goodsReceipt(_ id: Identifier, of store: UInt32) throws -> GoodsReceiptView {
        let key = RetailSchema.receipt(id, of: store)
        return GoodsReceiptView(key, try record(key)) { run(of: $0, in: key.scope) }
    }
}
