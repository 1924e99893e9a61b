/// The unit of storage: a map from slots to sets of live cells.
///
/// All merging goes through one join (`Record+Join.swift`), whatever a field means. A schema only says what a write replaces
/// and how cells are read; the six views say so in a file each: `Register`, `Counter`, `Elements`, `Progress`, `Escrow` and
/// `Facts`.
public struct Record: Hashable, Sendable {
    /// Ascending by slot, then by dot. A slot holds at most one cell of a dot, and none is `held`.
    public internal(set) var cells: [Cell]

    public init() {
        cells = []
    }

    /// - Parameter sortedCells: ascending by slot, then by dot.
    public init(sortedCells: [Cell]) {
        cells = sortedCells
    }

    @inlinable public var isEmpty: Bool { cells.isEmpty }

    /// The cells of one slot.
    public subscript(slot: SlotKey) -> ArraySlice<Cell> {
        let start = cells.firstIndex(from: 0) { $0.slot >= slot }
        let end = cells.firstIndex(from: start) { $0.slot > slot }
        return cells[start..<end]
    }

    /// The cells of a whole field, element by element.
    public func cells(ofField field: UInt32) -> ArraySlice<Cell> {
        let start = cells.firstIndex(from: 0) { $0.slot.field >= field }
        let end = cells.firstIndex(from: start) { $0.slot.field > field }
        return cells[start..<end]
    }

    /// Makes a statement in a slot in place of those cells that it replaces: the only way a local write changes a record.
    mutating func write(_ cell: Cell, replacing isReplaced: (Cell) -> Bool) {
        let range = self[cell.slot].indices
        // Nearly every slot has no cell yet, or one.
        if range.isEmpty { return cells.insert(cell, at: range.lowerBound) }
        if range.count == 1, cells[range.lowerBound].dot == cell.dot || isReplaced(cells[range.lowerBound]) {
            return cells[range.lowerBound] = cell
        }
        var kept = cells[range].filter { !isReplaced($0) && $0.dot != cell.dot }
        kept.insert(cell, at: kept.firstIndex { cell.dot < $0.dot } ?? kept.endIndex)
        cells.replaceSubrange(range, with: kept)
    }

    /// Panics if the record's own rules are broken.
    public func checkInvariants() {
        for (earlier, later) in zip(cells, cells.dropFirst()) {
            precondition((earlier.slot, earlier.dot) < (later.slot, later.dot), "cells ascend by slot and dot")
        }
        for cell in cells {
            precondition(cell.content != .held, "a held cell stands in deltas only")
            precondition(cell.dot.sequence > 0, "sequences start at 1")
            precondition(cell.slot.isWithinLimits && cell.value?.isWithinLimits ?? true, "a cell respects the limits")
        }
    }
}

extension [Cell] {
    /// The first index from `start` on that satisfies a predicate which, once true, stays true.
    func firstIndex(from start: Int, where predicate: (Cell) -> Bool) -> Int {
        var (low, high) = (start, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
