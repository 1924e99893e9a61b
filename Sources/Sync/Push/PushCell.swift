internal import CRDT

/// A cell of a record that is being told, before its content is.
struct PushCell {
    let step: UInt8
    let cellClass: CellClass
    let slot: SlotKey
    let write: Version

    init(_ step: UInt8, _ cellClass: CellClass, _ slot: SlotKey, _ write: Version) {
        (self.step, self.cellClass, self.slot, self.write) = (step, cellClass, slot, write)
    }

    init(_ step: UInt8, _ cellClass: CellClass, _ cell: Cell) {
        self.init(step, cellClass, cell.slot, Version(dot: cell.dot, stamp: cell.stamp))
    }
}
