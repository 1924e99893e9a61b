internal import CRDT
internal import Replica

/// Reads what `PushWriter` wrote of records.
extension PushReader {
    mutating func readRecords(of header: DeltaHeader, _ walk: inout PushWalk) throws(PushError) -> [DeltaRecord] {
        var records: [DeltaRecord] = []
        var step: UInt8
        do throws(CodecError) { step = try readStep(after: 0) } catch { throw .bits(error) }
        while step != 0 {
            let (key, cells) = try readRecord(&step, of: header, after: records.last?.key, &walk)
            try walk.count(cells: cells.count)
            do throws(ReplicaError) {
                records.append(try DeltaRecord(key: key, cells: cells))
            } catch {
                guard case .malformed(let fault) = error else { throw .recordTooLarge(key) }
                throw .malformed(fault)
            }
        }
        return records
    }

    /// - Parameter step: the record's first; afterwards the next record's, or the end.
    private mutating func readRecord(
        _ step: inout UInt8, of header: DeltaHeader, after last: RecordKey?, _ walk: inout PushWalk
    ) throws(PushError) -> (RecordKey, [Cell]) {
        do throws(CodecError) {
            let start = offset
            let first = context.steps[Int(step)].step
            guard first.beginsRecord else { throw .notCanonical(offset: start) }
            let collection = first.cellClass.collection
            if let last, last.collection > collection { throw .notCanonical(offset: start) }
            var order = ElementOrder()
            var told: [PushCell] = []
            var id: Identifier?
            while step != 0, told.isEmpty || !context.steps[Int(step)].step.beginsRecord {
                guard told.count < PushLimits.cells else {
                    let limit = UInt64(PushLimits.cells)
                    throw .oversized(UInt64(told.count) + 1, limit: limit, offset: offset)
                }
                let known = context.steps[Int(step)].step
                guard known.cellClass.collection == collection else { throw .notCanonical(offset: start) }
                let write = try readWrite(known, after: told.last?.write, header.cut, &walk)
                if id == nil {
                    let lastKey = last?.collection == collection ? last?.id : nil
                    id = try readKey(at: PushContext.model(ofStep: step, 0), after: lastKey, walk)
                }
                let slot = try readSlot(known.cellClass, at: PushContext.model(ofStep: step, 1), &order)
                told.append(PushCell(step, known.cellClass, slot, write))
                step = try readStep(after: step)
            }
            guard let id else { throw .notCanonical(offset: start) }
            let key = RecordKey(scope: header.scope, collection: collection, id: id)
            if let last, last >= key { throw .notCanonical(offset: start) }
            return (key, try readContents(of: told, &walk))
        } catch {
            throw .bits(error)
        }
    }

    private mutating func readContents(
        of told: [PushCell], _ walk: inout PushWalk
    ) throws(CodecError) -> [Cell] {
        var hints = RecordHints()
        var contents = [Cell.Content](repeating: .removed, count: told.count)
        for isAmount in [true, false] {
            for (place, cell) in told.enumerated() where cell.cellClass.isAmount == isAmount {
                contents[place] = try readContent(cell, hints)
                hints.note(contents[place], &walk)
            }
        }
        return zip(told, contents).map { cell, content in
            Cell(slot: cell.slot, dot: cell.write.dot, stamp: cell.write.stamp, content: content)
        }
    }

    private mutating func readStep(after last: UInt8) throws(CodecError) -> UInt8 {
        let start = offset
        var rank = 0
        while rank < 4, try read(raw: 1) == 1 { rank += 1 }
        let number: UInt8
        if rank < 4 {
            number = context.steps[Int(last)].successors[rank]
            guard context.steps[Int(last)].rank(of: number) == rank else { throw .notCanonical(offset: start) }
        } else if try read(raw: 1) == 0 {
            number = UInt8(truncatingIfNeeded: try read(raw: 5))
            guard Int(number) < context.steps.count else { throw .outOfRange(offset: start) }
            guard context.steps[Int(last)].rank(of: number) == nil else { throw .notCanonical(offset: start) }
        } else {
            let step = try readNewStep(after: last)
            guard context.number(of: step) == nil else { throw .notCanonical(offset: start) }
            number = context.learn(step)
        }
        context.follow(last, by: number)
        return number
    }

    private mutating func readNewStep(after last: UInt8) throws(CodecError) -> PushStep {
        let start = offset
        let beginsRecord = try read(raw: 1) == 1
        let write = UInt8(truncatingIfNeeded: try read(raw: 2))
        let collection =
            beginsRecord
            ? UInt16(truncatingIfNeeded: try read(raw: 16)) : context.steps[Int(last)].step.cellClass.collection
        let field = try read(.field)
        let (element, code) = (try read(raw: 3), try read(raw: 4))
        guard field < UInt64(Limits.field), element <= CellClass.ElementCode.bytes,
            code <= CellClass.ContentCode.tuple, beginsRecord || last != 0
        else { throw .outOfRange(offset: start) }
        if beginsRecord, element == CellClass.ElementCode.sameSlot || write == PushStep.WriteCode.same {
            throw .notCanonical(offset: start)
        }
        var content = code
        if code == CellClass.ContentCode.tuple {
            let count = try read(raw: 5)
            guard count <= UInt64(Limits.tupleItems) else { throw .outOfRange(offset: start) }
            content |= count << 4
            for index in 0..<Int(count) {
                let item = try read(raw: 3) + 2
                guard item < CellClass.ContentCode.tuple else { throw .outOfRange(offset: start) }
                content |= CellClass.item(item, at: index)
            }
        }
        let head = CellClass.head(collection: collection, field: UInt32(field), element: element)
        return PushStep(
            cellClass: CellClass(head: head, content: content), beginsRecord: beginsRecord, write: write)
    }

    private mutating func readWrite(
        _ step: PushStep, after last: Version?, _ cut: Cut, _ walk: inout PushWalk
    ) throws(CodecError) -> Version {
        let start = offset
        switch (step.write, last) {
        case (PushStep.WriteCode.same, let last?): return last
        case (PushStep.WriteCode.first, _), (PushStep.WriteCode.second, _):
            let place = Int(step.write - PushStep.WriteCode.first)
            guard place < walk.writes.count, walk.writes[place] != last else { throw .outOfRange(offset: start) }
            return walk.writes[place]
        case (PushStep.WriteCode.other, _): break
        default: throw .outOfRange(offset: start)
        }
        let place = try read(.write)
        guard place <= UInt64(walk.writes.count) else { throw .outOfRange(offset: start) }
        if place < UInt64(walk.writes.count) {
            guard place > 1, walk.writes[Int(place)] != last else { throw .notCanonical(offset: start) }
            return walk.writes[Int(place)]
        }
        let origin = try readOrigin(of: cut, .writeOrigin)
        let (sequence, below) = (cut.vector.sequence(of: origin), try read(.writeSequence))
        guard below < sequence else { throw .outOfRange(offset: start) }
        let dot = Dot(origin: origin, sequence: sequence - below)
        let write = Version(dot: dot, stamp: try readStamp(&walk))
        guard !walk.writes.contains(write) else { throw .notCanonical(offset: start) }
        walk.tell(write)
        return write
    }

    private mutating func readSlot(
        _ cellClass: CellClass, at model: Int, _ order: inout ElementOrder
    ) throws(CodecError) -> SlotKey {
        let start = offset
        order.enter(field: cellClass.field)
        let element: Element
        switch cellClass.element {
        case CellClass.ElementCode.sameSlot:
            guard let last = order.last, last.field == cellClass.field else { throw .outOfRange(offset: start) }
            return last
        case CellClass.ElementCode.next: element = .index(order.nextIndex)
        case CellClass.ElementCode.index: element = .index(try readNumber(at: model, PushWriter.Hints()))
        case CellClass.ElementCode.identifier: element = .identifier(try readIdentifier(at: model, echo: nil))
        case CellClass.ElementCode.bytes: element = .bytes(try readString(limit: Limits.valueBytes))
        default: element = .none
        }
        let slot = SlotKey(field: cellClass.field, element: element)
        guard order.code(of: slot) == cellClass.element else { throw .notCanonical(offset: start) }
        return slot
    }
}
