internal import CRDT

/// Cells of every kind of element and of content, some in one slot, some escrow rows.
enum Specimen {
    static let store = Origin(member: 1, incarnation: 2)
    static let neighbour = Origin(member: 2, incarnation: 3)
    static let vector = VersionVector([.init(origin: store, sequence: 6), .init(origin: neighbour, sequence: 3)])

    static func cells() throws -> [Cell] {
        let (early, late) = (Dot(origin: store, sequence: 3), Dot(origin: store, sequence: 5))
        let other = Dot(origin: neighbour, sequence: 2)
        func cell(_ field: UInt32, _ element: Element, _ dot: Dot, _ content: Cell.Content) -> Cell {
            let stamp = HLC(milliseconds: FuzzScene.now + Int64(dot.sequence))
            return Cell(slot: SlotKey(field: field, element: element), dot: dot, stamp: stamp, content: content)
        }
        let line = Value.tuple([.identifier(try id("P00017")), .integer(-2), .integer(1990)])
        let mixed = Value.tuple([
            .empty, .count(Count(increments: 7, decrements: 1)), .moment(FuzzScene.now), .text("a"), .bytes([1]),
            .identifier(try id("vip")),
        ])
        var record = Record()
        let version = Version(dot: late, stamp: HLC(milliseconds: FuzzScene.now + 5))
        try record.mint(1000, in: 40, at: version)
        try record.use(30, of: 40, at: version)
        try record.release(10, of: 40, at: version)
        let fact = FactID(run: Run(origin: store, high: 1, low: 1), sequence: 4, index: 0)
        let cells =
            [
                cell(0, .none, early, .value(.empty)), cell(1, .none, early, .value(.text("Grüße"))),
                cell(1, .none, other, .value(.text("+49 30 1234"))), cell(2, .none, early, .value(.moment(FuzzScene.now))),
                cell(3, .none, early, .value(.count(Count(increments: 12, decrements: 5)))),
                cell(3, .none, other, .value(.count(Count(increments: 1)))),
                cell(3, .index(store.rawValue), other, .value(.count(Count(increments: 9)))),
                cell(4, .none, early, .value(.integer(2))), cell(4, .none, late, .value(.integer(3))),
                cell(6, .index(0), early, .value(line)), cell(6, .index(1), early, .value(line)),
                cell(6, .index(9), early, .value(mixed)), cell(6, fact.element, late, .value(line)),
                cell(7, .identifier(try id("P00042")), early, .removed),
                cell(7, .identifier(try id("P00043")), other, .value(.identifier(try id("C0000042")))),
                cell(7, .bytes([0xFF, 0]), early, .value(.bytes([1, 2, 3]))), cell(9, .none, early, .held),
            ] + record.cells + [cell(Limits.field - 1, .index(.max), other, .value(.integer(.min)))]
        return cells.sorted { ($0.slot, $0.dot) < ($1.slot, $1.dot) }
    }
}
