public import CRDT
public import Replica

/// Goods that cannot be sold any more.
public struct WriteOff: Hashable, Sendable {
    public struct Line: Hashable, Sendable {
        public var sku: Identifier
        /// Of the SKU's smallest unit.
        public var quantity: Int64
        public var reason: WriteOffReason

        public init(sku: Identifier, quantity: Int64, reason: WriteOffReason) {
            (self.sku, self.quantity, self.reason) = (sku, quantity, reason)
        }
    }

    public var lines: [Line]
    public var clerk: Identifier?
    /// Who agrees to it, if it is worth more than the clerk may say alone.
    public var approver: Identifier?
    /// Whether it may wait for somebody to agree; else it is refused above the limit.
    public var mayWait: Bool
    public var note: String?
    /// Where a picture of the goods is.
    public var picture: String?
    /// Milliseconds since 1970.
    public var written: Int64
    /// The legal year, as 2026, where the store stands.
    public var year: Int

    public init(
        lines: [Line], clerk: Identifier? = nil, approver: Identifier? = nil, mayWait: Bool = false, note: String? = nil,
        picture: String? = nil, written: Int64, year: Int
    ) {
        (self.lines, self.clerk, self.approver, self.mayWait) = (lines, clerk, approver, mayWait)
        (self.note, self.picture, self.written, self.year) = (note, picture, written, year)
    }
}

extension Transaction {
    /// Takes broken goods and the like out of stock. They are gone at once, whoever has to agree: the shelf is as it is.
    ///
    /// - Returns: the write-off's number, which is final.
    public func writeOff(_ goods: WriteOff, at till: Till) throws -> Identifier {
        try StockRules.check(goods.lines.map { StockLine(sku: $0.sku, quantity: $0.quantity) }) {
            try article($0, at: till.store)
        }
        try StockRules.check(moment: goods.written, field: "written")
        let lines = try goods.lines.map { line in
            WrittenOffLine(
                sku: line.sku, quantity: line.quantity, reason: line.reason,
                worth: try worth(of: line, goods.written, in: till.store))
        }
        let sum = lines.map(\.worth).sumWithinBounds
        let limit = try record(RetailSchema.settingsKey).integer(RetailSchema.Settings.writeOffLimit)
        let needsApproval = limit.map { sum > $0 } ?? false
        guard !needsApproval || goods.approver != nil || goods.mayWait else {
            throw StockError.needsApproval(worth: sum, limit: limit ?? 0)
        }
        let number = try draw(.writeOff, year: goods.year, at: till)
        let key = RetailSchema.writeOff(number, of: till.store)
        try set(RetailSchema.WriteOff.written, of: key, to: .moment(goods.written))
        for line in lines {
            try state(line.value, in: RetailSchema.WriteOff.lines, of: key)
            try backDate(line.sku, at: till.store, moved: -line.quantity, at: goods.written)
        }
        if let clerk = goods.clerk { try set(RetailSchema.WriteOff.clerk, of: key, to: .identifier(clerk)) }
        if let approver = goods.approver {
            try set(RetailSchema.WriteOff.approver, of: key, to: .identifier(approver))
            try advance(RetailSchema.WriteOff.status, of: key, to: WriteOffStatus.approved.rawValue)
        } else if needsApproval {
            try advance(RetailSchema.WriteOff.status, of: key, to: WriteOffStatus.proposed.rawValue)
        }
        var inputs: [(name: String, input: Form.Input)] = []
        if let note = goods.note { inputs.append(("note", .text(note))) }
        if let picture = goods.picture { inputs.append(("picture", .text(picture))) }
        try edit(key, by: .writeOff, inputs)
        return number
    }

    /// Agrees to a write-off that waits for that, or does not.
    public func decide(writeOff id: Identifier, of store: UInt32, as status: WriteOffStatus, by approver: Identifier) throws {
        let key = RetailSchema.writeOff(id, of: store)
        let view = try writeOff(id, of: store)
        guard view.written != nil else { throw StockError.unknown(id, what: "write-off") }
        guard view.status == .proposed, status != .proposed else { throw StockError.decided(id, view.status) }
        try set(RetailSchema.WriteOff.approver, of: key, to: .identifier(approver))
        try advance(RetailSchema.WriteOff.status, of: key, to: status.rawValue)
    }

    private func worth(of line: WriteOff.Line, _ milliseconds: Int64, in store: UInt32) throws -> Int64 {
        guard let price = try price(of: line.sku, for: Buyer(store: store), at: milliseconds) else { return 0 }
        let unit = try article(line.sku, at: store)?.unit ?? .piece
        return Money.share(of: price.amount, line.quantity, in: unit.priced)
    }
}

extension Form {
    /// What may be edited of a write-off besides its lines.
    public static let writeOff = Form(
        "write-off",
        [
            Entry("note", RetailSchema.WriteOff.note, .text(limit: 1000), "what happened"),
            Entry("picture", RetailSchema.WriteOff.picture, .text(limit: 500), "where a picture of the goods is"),
        ])
}

/// A write-off as a person reads it.
public struct WriteOffView: Hashable, Sendable {
    public let id: Identifier
    public let store: UInt32
    /// Milliseconds since 1970; nil if nothing of it has arrived yet.
    public let written: Int64?
    public let lines: [WrittenOffLine]
    /// Nil: it needs nobody's word.
    public let status: WriteOffStatus?
    public let clerk: Identifier?
    public let approver: Identifier?
    public let note: String?
    public let picture: String?

    public init(_ key: RecordKey, _ record: Record, runOf: (Dot) -> Run?) {
        typealias Field = RetailSchema.WriteOff
        (id, store) = (key.id, key.scope.member)
        written = record.moment(Field.written)
        lines = record.facts(Field.lines, runOf: runOf).compactMap { WrittenOffLine($0.value) }
        status = record.progress(Field.status, in: WriteOffStatus.lattice).joined.flatMap(WriteOffStatus.init(rawValue:))
        clerk = record.identifier(Field.clerk)
        approver = record.identifier(Field.approver)
        note = record.text(Field.note)
        picture = record.text(Field.picture)
    }
}

extension RecordReader {
    public func writeOff(_ id: Identifier, of store: UInt32) throws -> WriteOffView {
        let key = RetailSchema.writeOff(id, of: store)
        return WriteOffView(key, try record(key)) { run(of: $0, in: key.scope) }
    }
}
