public import CRDT
public import Replica

/// Goods of one SKU that came or went, as a paper says.
public struct StockMovement: Hashable, Sendable {
    public let sku: Identifier
    /// The member number of the store.
    public let store: UInt32
    public let kind: StockView.Kind
    /// Of the SKU's smallest unit; below 0 where goods went.
    public let net: Int64
    /// When the goods moved, in milliseconds since 1970: as the paper says, or as it was written if that was earlier.
    public let moved: Int64
    /// The fact that says so.
    public let fact: FactID
    /// The incarnation that has counted it, and its transaction in the paper's scope; nil if it was written again by a successor, and has
    /// its number in a past that others have not seen.
    let sequence: UInt64?
}

extension RecordReader {
    /// What a paper has moved; empty for a record that moves nothing.
    public func movements(of paper: RecordKey) throws -> [StockMovement] {
        guard let collection = RetailSchema.schema[paper.collection] else { return [] }
        let record = try record(paper)
        return collection.fields.flatMap { field -> [StockMovement] in
            guard case .facts(let movements) = field.kind else { return [] }
            let cells = record.cells(ofField: field.number)
            guard !cells.isEmpty else { return [] }
            let stamps = Dictionary(cells.map { ($0.dot, $0.stamp.milliseconds) }, uniquingKeysWith: min)
            let said = record.moved(paper.collection, field.number)
            return record.facts(field.number) { run(of: $0, in: paper.scope) }.flatMap { fact in
                movements(paper, fact.value).compactMap { movement in
                    guard movement.key.collection == RetailSchema.stock.number, let kind = StockView.Kind(field: movement.field)
                    else {
                        return nil
                    }
                    let stamp = stamps[fact.dot] ?? 0
                    return StockMovement(
                        sku: movement.key.id, store: movement.key.scope.member, kind: kind,
                        net: movement.amount.multipliedReportingOverflow(by: kind.sign).partialValue,
                        moved: min(stamp, said ?? stamp),
                        fact: fact.id, sequence: fact.dot.origin == fact.id.run.origin ? fact.id.sequence : nil)
                }
            }
        }
    }
}

extension Record {
    /// When goods moved by a paper's own words, in milliseconds since 1970; nil if it says nothing else than when it was written.
    fileprivate func moved(_ collection: UInt16, _ field: UInt32) -> Int64? {
        switch (collection, field) {
        case (RetailSchema.receipt.number, _): moment(RetailSchema.Receipt.received)
        case (RetailSchema.writeOff.number, _): moment(RetailSchema.WriteOff.written)
        case (RetailSchema.transfer.number, RetailSchema.Transfer.sent): moment(RetailSchema.Transfer.dispatched)
        case (RetailSchema.transfer.number, RetailSchema.Transfer.arrived): moment(RetailSchema.Transfer.received)
        case (RetailSchema.order.number, _) where cells(ofField: RetailSchema.Order.ordered).isEmpty:
            cells(ofField: RetailSchema.Order.issue).compactMap { TupleReader($0.value, atLeast: 2)?.moment(1) }.min()
        default: nil
        }
    }
}
