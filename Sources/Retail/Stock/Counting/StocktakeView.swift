public import CRDT
public import Replica

/// A stocktake as a person reads it: everything that was entered in it, in the order of the looks.
public struct StocktakeView: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let finding: Finding
        /// What the books said of the SKU where it was entered, in its smallest unit.
        public let booked: Int64
    }

    public let id: Identifier
    public let store: UInt32
    public let name: String?
    /// Milliseconds since 1970; nil if nothing of it has arrived yet.
    public let opened: Int64?
    public let status: StocktakeStatus?
    /// Whoever counts is not shown what the books say.
    public let isBlind: Bool
    public let entries: [Entry]

    public init(_ key: RecordKey, _ record: Record, runOf: (Dot) -> Run?) {
        typealias Field = RetailSchema.Stocktake
        (id, store) = (key.id, key.scope.member)
        name = record.text(Field.name)
        opened = record.moment(Field.opened)
        status = record.progress(Field.status, in: StocktakeStatus.lattice).joined.flatMap(StocktakeStatus.init(rawValue:))
        isBlind = record.integer(Field.isBlind) == 1
        entries = record.facts(Field.entries, runOf: runOf).compactMap { Entry($0.value) }
            .enumerated().sorted { ($0.element.finding.taken, $0.offset) < ($1.element.finding.taken, $1.offset) }.map(
                \.element)
    }
}

extension StocktakeView.Entry {
    var value: Value {
        .tuple([
            .identifier(finding.sku), .identifier(finding.zone), .identifier(finding.counter), .integer(finding.quantity),
            .moment(finding.taken), .integer(booked),
        ])
    }

    init?(_ value: Value) {
        guard let items = TupleReader(value, atLeast: 6), let sku = items.identifier(0), let zone = items.identifier(1),
            let counter = items.identifier(2), let quantity = items.integer(3), let taken = items.moment(4),
            let booked = items.integer(5)
        else { return nil }
        finding = Finding(sku: sku, zone: zone, counter: counter, quantity: quantity, taken: taken)
        self.booked = booked
    }
}

extension RecordReader {
    public func stocktake(_ id: Identifier, of store: UInt32) throws -> StocktakeView {
        let key = RetailSchema.stocktake(id, of: store)
        return StocktakeView(key, try record(key)) { run(of: $0, in: key.scope) }
    }
}
