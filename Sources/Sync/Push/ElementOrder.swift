internal import CRDT

/// Which code a cell's element has, by the cells before it in the record.
struct ElementOrder {
    private(set) var last: SlotKey?
    private(set) var nextIndex: UInt64 = 0

    mutating func code(of slot: SlotKey) -> UInt64 {
        if slot == last { return CellClass.ElementCode.sameSlot }
        enter(field: slot.field)
        last = slot
        switch slot.element {
        case .none: return CellClass.ElementCode.none
        case .identifier: return CellClass.ElementCode.identifier
        case .bytes: return CellClass.ElementCode.bytes
        case .index(let index):
            defer { nextIndex = index &+ 1 }
            return index == nextIndex ? CellClass.ElementCode.next : CellClass.ElementCode.index
        }
    }

    mutating func enter(field: UInt32) {
        if last?.field != field { nextIndex = 0 }
    }
}
