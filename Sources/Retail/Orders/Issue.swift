public import CRDT
public import Replica

/// What a document says as it is made out: what is on paper when its number is given. Nothing that happens to an order later changes
/// it.
public struct Issue: Hashable, Sendable {
    public var kind: OrderKind
    /// Milliseconds since 1970, by the clock of the till.
    public var placed: Int64
    public var customer: Identifier?
    public var cashier: Identifier?
    /// What was handed over.
    public var lines: [SaleLine]
    /// What was ordered.
    public var ordered: [SaleLine]
    /// What was taken back.
    public var returned: [ReturnedLine]
    public var payments: [Payment]

    public init(
        _ kind: OrderKind, placed: Int64, customer: Identifier? = nil, cashier: Identifier? = nil, lines: [SaleLine] = [],
        ordered: [SaleLine] = [], returned: [ReturnedLine] = [], payments: [Payment] = []
    ) {
        (self.kind, self.placed, self.customer, self.cashier) = (kind, placed, customer, cashier)
        (self.lines, self.ordered, self.returned, self.payments) = (lines, ordered, returned, payments)
    }

    /// The text whose SHA-256, cut to 16 bytes, is the document's hash: anybody can work it out with a pencil and `sha256sum`.
    ///
    /// One line for each thing, with a line feed behind it, and single spaces between; numbers are whole, and a note comes last.
    /// The hash of the document before is in it, so that nobody can take one out of a series, or change it, without changing all
    /// that follow.
    public func text(as number: Identifier, after previous: Hash128) -> String {
        var lines = ["\(number) \(kind.name) \(placed)", "customer \(name(customer))", "cashier \(name(cashier))"]
        lines += self.lines.map { "sold \(Self.text(of: $0))" }
        lines += ordered.map { "ordered \(Self.text(of: $0))" }
        lines += returned.map {
            "returned \($0.order) \($0.store) \($0.sku) \($0.quantity) \($0.amount) \($0.goods.name) \($0.taxRate) \($0.basis.name)"
        }
        lines += payments.map { "paid \($0.amount) \($0.tender) \($0.reference)" }
        lines.append("after \(previous)")
        return lines.map { $0 + "\n" }.joined()
    }

    private static func text(of line: SaleLine) -> String {
        "\(line.sku) \(line.quantity) \(line.unitPrice) \(line.per) \(line.discount) \(line.taxRate) \(line.note)"
    }

    private func name(_ id: Identifier?) -> String { id.map { "\($0)" } ?? "-" }
}

/// A document's number as it was given: what was on paper, and the hash that was printed with it.
public struct Issued: Hashable, Sendable {
    public let number: Identifier
    public let issue: Issue
    public let hash: Hash128
    /// The identity of the fact that says so.
    public let fact: FactID
}

extension Issue {
    /// - Parameter hash: of its text.
    func value(hash: Hash128) -> Value {
        .tuple([
            .integer(kind.rawValue), .moment(placed), customer.map { .identifier($0) } ?? .empty,
            cashier.map { .identifier($0) } ?? .empty, .bytes(hash.bytes),
        ])
    }
}

extension Hash128 {
    /// Most significant byte first.
    var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        let words = [bytes[..<8], bytes[8...]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(high: words[0], low: words[1])
    }
}

extension RecordReader {
    /// The documents that were made out under a number: one, or several where two machines have printed the same number without
    /// knowing of each other. Ascending by identity.
    public func issued(_ number: Identifier, of store: UInt32) throws -> [Issued] {
        let key = RetailSchema.order(number, of: store)
        typealias Field = RetailSchema.Order
        let facts = try [Field.lines, Field.ordered, Field.returned, Field.payments].map { try self.facts($0, of: key) }
        return try self.facts(Field.issue, of: key).compactMap { fact in
            /// What the same transaction said, in its order.
            func said(_ index: Int) -> [Value] {
                facts[index].filter { $0.id.run == fact.id.run && $0.id.sequence == fact.id.sequence }.map(\.value)
            }
            guard let items = TupleReader(fact.value, atLeast: 5),
                let kind = items.integer(0).flatMap(OrderKind.init(rawValue:)),
                let placed = items.moment(1), let hash = items.bytes(4).flatMap(Hash128.init(bytes:))
            else { return nil }
            let issue = Issue(
                kind, placed: placed, customer: items.identifier(2), cashier: items.identifier(3),
                lines: said(0).compactMap(SaleLine.init), ordered: said(1).compactMap(SaleLine.init),
                returned: said(2).compactMap(ReturnedLine.init), payments: said(3).compactMap(Payment.init))
            return Issued(number: number, issue: issue, hash: hash, fact: fact.id)
        }
    }
}
