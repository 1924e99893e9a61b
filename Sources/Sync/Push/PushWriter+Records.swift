internal import CRDT
internal import Replica

/// Writes the records of a delta, each as its cells' steps, then their contents.
extension PushWriter {
    /// - Parameter cells: by record.
    mutating func write(
        _ records: [DeltaRecord], _ cells: [[Cell]], upTo cut: Cut, _ walk: inout PushWalk
    ) throws(PushError) {
        var step = write(try firstStep(of: records.first?.key, cells.first ?? [], walk), after: 0)
        for (index, record) in records.enumerated() {
            let last = index > 0 ? records[index - 1].key : nil
            if let last, last >= record.key { throw .malformed(.keysOutOfOrder(record.key)) }
            var (told, order): ([PushCell], ElementOrder) = ([], ElementOrder())
            for (place, cell) in cells[index].enumerated() {
                guard cut.vector.covers(cell.dot) else { throw .malformed(.dotBeyondCut(record.key, cell.dot)) }
                let known = context.steps[Int(step)].step
                write(Version(dot: cell.dot, stamp: cell.stamp), known, upTo: cut, &walk)
                if place == 0 {
                    let lastID = last?.collection == record.key.collection ? last?.id : nil
                    write(key: record.key.id, at: PushContext.model(ofStep: step, 0), after: lastID, walk)
                }
                write(cell.slot.element, code: order.code(of: cell.slot), at: PushContext.model(ofStep: step, 1))
                told.append(PushCell(step, known.cellClass, cell))
                // What comes next stands before the contents, so that whoever reads knows where the record ends.
                let next =
                    place + 1 < cells[index].count
                    ? try self.step(of: cells[index][place + 1], after: told, record.key, order, walk)
                    : try firstStep(
                        of: index + 1 < records.count ? records[index + 1].key : nil,
                        index + 1 < cells.count ? cells[index + 1] : [], walk)
                step = write(next, after: step)
            }
            writeContents(told, cells[index], &walk)
            guard count <= PushLimits.bytes else { throw .tooLarge(count: count, limit: PushLimits.bytes) }
        }
    }

    private func firstStep(of key: RecordKey?, _ cells: [Cell], _ walk: PushWalk) throws(PushError) -> PushStep {
        guard let key, let first = cells.first else { return .end }
        return try step(of: first, after: [], key, ElementOrder(), walk)
    }

    private func step(
        of cell: Cell, after told: [PushCell], _ key: RecordKey, _ order: ElementOrder, _ walk: PushWalk
    ) throws(PushError) -> PushStep {
        guard let content = CellClass.content(of: cell.content) else {
            throw .malformed(.valueOutsideLimits(key, cell.slot))
        }
        var order = order
        let element = order.code(of: cell.slot)
        let head = CellClass.head(collection: key.collection, field: cell.slot.field, element: element)
        let write = Version(dot: cell.dot, stamp: cell.stamp)
        return PushStep(
            cellClass: CellClass(head: head, content: content), beginsRecord: told.isEmpty,
            write: told.last?.write == write ? PushStep.WriteCode.same : walk.code(of: write))
    }

    /// A step: its rank among those that came after the one before, else its number, else all of it.
    private mutating func write(_ step: PushStep, after last: UInt8) -> UInt8 {
        let known = context.number(of: step)
        if let known, let rank = context.steps[Int(last)].rank(of: known) {
            for _ in 0..<rank { write(raw: 1, count: 1) }
            write(raw: 0, count: 1)
            context.follow(last, by: known)
            return known
        }
        write(raw: 0b1111, count: 4)
        write(raw: known == nil ? 1 : 0, count: 1)
        if let known {
            write(raw: UInt64(known), count: 5)
            context.follow(last, by: known)
            return known
        }
        write(raw: step.beginsRecord ? 1 : 0, count: 1)
        write(raw: UInt64(step.write), count: 2)
        let cellClass = step.cellClass
        if step.beginsRecord { write(raw: UInt64(cellClass.collection), count: 16) }
        write(UInt64(cellClass.field), .field)
        write(raw: cellClass.element, count: 3)
        write(raw: cellClass.contentCode, count: 4)
        if cellClass.contentCode == CellClass.ContentCode.tuple {
            write(raw: UInt64(cellClass.items.count), count: 5)
            for item in cellClass.items { write(raw: item - 2, count: 3) }
        }
        let number = context.learn(step)
        context.follow(last, by: number)
        return number
    }

    private mutating func write(_ write: Version, _ step: PushStep, upTo cut: Cut, _ walk: inout PushWalk) {
        guard step.write == PushStep.WriteCode.other else { return }
        let place = walk.writes.firstIndex(of: write) ?? walk.writes.count
        self.write(UInt64(place), .write)
        guard place == walk.writes.count else { return }
        self.write(write.dot.origin, of: cut, .writeOrigin)
        self.write(cut.vector.sequence(of: write.dot.origin) - write.dot.sequence, .writeSequence)
        self.write(write.stamp, &walk)
        walk.tell(write)
    }

    private mutating func write(_ element: Element, code: UInt64, at model: Int) {
        switch (element, code) {
        case (.index(let index), CellClass.ElementCode.index): write(number: index, at: model, Hints())
        case (.identifier(let identifier), CellClass.ElementCode.identifier): write(identifier, at: model, echo: nil)
        case (.bytes(let bytes), CellClass.ElementCode.bytes): write(string: bytes)
        default: break
        }
    }

    /// Amounts first, because other values are predicted from them.
    private mutating func writeContents(_ told: [PushCell], _ cells: [Cell], _ walk: inout PushWalk) {
        var hints = RecordHints()
        for isAmount in [true, false] {
            for (place, cell) in told.enumerated() where cell.cellClass.isAmount == isAmount {
                write(content: cells[place].content, cell, hints)
                hints.note(cells[place].content, &walk)
            }
        }
    }
}
