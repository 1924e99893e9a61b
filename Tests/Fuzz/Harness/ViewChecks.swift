internal import CRDT
internal import Replica
internal import Retail

/// Reads and writes records whose fields may hold anything: views pass over what they cannot read, and nothing traps.
enum ViewChecks {
    static let lattice = OrderStatus.lattice

    /// Reads every field as every kind.
    static func read(_ record: Record) {
        for field in Set(record.cells.map(\.slot.field)).sorted() {
            for slot in record.slots(ofField: field) { _ = record.register(slot) }
            let counter = record.counter(field)
            _ = (counter.value, counter.increments, counter.decrements)
            _ = (record.elements(field), record.progress(field, in: lattice))
            _ = record.facts(field) { Run(origin: $0.origin, high: 1, low: $0.sequence) }
            let escrow = record.escrow(field)
            _ = (escrow.minted, escrow.inUse)
            for origin in escrow.rows.keys.sorted() {
                _ = (escrow.rights(of: origin), escrow.openRequest(of: origin, to: me.origin))
            }
        }
        let key = RetailSchema.stock(of: Identifier(number: 1, digits: 1), at: 1)
        let (stock, order) = (StockView(key, record), OrderView(key, record) { Run(origin: $0.origin, high: 1, low: 1) })
        _ = (stock.onHand, order.statusName, CustomerView(key, record))
    }

    private static let me = Dot(origin: Origin(member: 1, incarnation: 1), sequence: Limits.sequence)

    /// Reads, then writes to every field as every kind: what is refused leaves the record valid, too.
    static func write(_ record: Record) throws {
        read(record)
        let version = Version(dot: me, stamp: HLC(milliseconds: 1))
        var changed = record
        for field in Set(record.cells.map(\.slot.field)).sorted() {
            let writes: [(inout Record) throws -> Void] = [
                { try $0.count(.min, in: field, at: version) }, { try $0.count(1, in: field, at: version) },
                { try $0.mint(1, in: field, at: version) }, { try $0.use(1, of: field, at: version) },
                { try $0.release(1, of: field, at: version) },
                { try $0.requestRights(1, from: Origin(rawValue: 2), of: field, at: version) },
                { record in
                    for origin in record.escrow(field).rows.keys.sorted() {
                        _ = try record.grantRights(to: origin, of: field, keeping: 1, at: version)
                    }
                },
                { try $0.advance(field, to: OrderStatus.done.rawValue, in: lattice, at: version) },
                { $0.state(.integer(1), in: field, index: 1, at: version) },
                { $0.insert(.index(1), in: field, at: version) },
                { record in for slot in record.slots(ofField: field) { record.remove(slot, at: version) } },
            ]
            for write in writes {
                do {
                    try write(&changed)
                } catch is CountError {
                } catch is EscrowError {
                } catch is ProgressError {}
                changed.checkInvariants()
            }
        }
        let horizon = VersionVector(changed.cells.map { .init(origin: $0.dot.origin, sequence: $0.dot.sequence) })
        _ = changed.collectMarks(upTo: horizon)
        changed.checkInvariants()
    }
}
