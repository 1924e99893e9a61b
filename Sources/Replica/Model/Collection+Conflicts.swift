internal import CRDT

extension Collection {
    /// Whether values of a record were written without seeing each other, and nobody who saw them has written since: the loser is
    /// kept for a person to look at, or a branch waits for one to settle it.
    func isContested(_ cells: [Cell]) -> Bool {
        // Most records hold one cell a slot, and need no closer look.
        guard isForPeople, isRanked, zip(cells, cells.dropFirst()).contains(where: { $0.slot == $1.slot }) else { return false }
        let record = Record(sortedCells: cells)
        return fields.contains { field in
            switch field.kind {
            case .progress(let lattice): record.progress(field.number, in: lattice).isBranched
            case .register, .map:
                Set(record.cells(ofField: field.number).map(\.slot)).contains { record.register($0)?.losers.isEmpty == false }
            case .set, .counter, .escrow, .facts: false
            }
        }
    }
}
