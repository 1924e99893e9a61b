internal import CRDT
internal import Replica

/// Takes records apart into columns: the first half of encoding.
struct PieceBuilder {
    private(set) var pool = TermPool()
    private(set) var trie = ShapeTrie()
    private(set) var columns: [ClassColumns] = []
    private(set) var writes = RecordWrites()
    /// By record.
    private(set) var shapes: [UInt64] = []
    private(set) var collections: [UInt16] = []
    private(set) var keys: [UInt32] = []
    /// By record: the sum of the products of its amounts.
    private(set) var amounts: [UInt64] = []
    private(set) var hasAmounts = false

    private(set) var cellCount = 0
    private(set) var valueCount = 0
    private(set) var contentBytes = 0

    private let cut: Cut
    private var lastOrigin: (origin: Origin, index: Int)?

    init(cut: Cut) {
        self.cut = cut
    }

    /// Where the walk through a record's cells stands.
    private struct Walk {
        var node = ShapeTrie.root
        var step: ShapeTrie.Step?
        var classNumber = 0
        /// The write of the last cell, by its place in the record.
        var write = -1
        var nextIndex: UInt64 = 0
    }

    /// - Parameter cells: the record's, ascending by slot and dot.
    mutating func append(_ key: RecordKey, _ cells: [Cell]) throws(PieceError) {
        collections.append(key.collection)
        keys.append(pool.term(of: key.id))
        if key.id.numbered == nil { contentBytes += key.id.textBytes?.count ?? 0 }
        amounts.append(0)
        writes.begin(record: shapes.count)
        var walk = Walk()
        for index in cells.indices {
            try append(cells[index], after: index > 0 ? cells[index - 1] : nil, key, &walk)
        }
        shapes.append(UInt64(trie.shape(endingAt: walk.node)))
        cellCount += cells.count
    }

    private mutating func append(
        _ cell: Cell, after last: Cell?, _ key: RecordKey, _ walk: inout Walk
    ) throws(PieceError) {
        let element = Self.elementCode(of: cell, after: last, &walk)
        if element == CellClass.ElementCode.sameSlot, let last, cell.dot <= last.dot {
            throw .malformed(.cellsOutOfOrder(key))
        } else if let last, element != CellClass.ElementCode.sameSlot, cell.slot <= last.slot {
            throw .malformed(.cellsOutOfOrder(key))
        }
        guard let content = CellClass.content(of: cell.content), cell.slot.field < Limits.field else {
            throw .malformed(.valueOutsideLimits(key, cell.slot))
        }
        let cellClass = CellClass(
            head: CellClass.head(collection: key.collection, field: cell.slot.field, element: element), content: content)
        let (write, isNew) = try self.write(of: cell, key)
        let continues =
            cellClass.repeats && walk.step?.cellClass == cellClass
            && (walk.step?.write == ShapeTrie.WriteCode.new ? isNew : write == walk.write)
        if continues {
            columns[walk.classNumber].repeats[columns[walk.classNumber].repeats.count - 1] += 1
        } else {
            enter(cellClass, write: isNew ? nil : write, &walk)
        }
        walk.write = write
        if isNew { columns[walk.classNumber].writes.append(UInt32(writes.count - 1)) }
        columns[walk.classNumber].owners.append(UInt32(shapes.count))
        push(element: cell.slot.element, code: element, to: walk.classNumber)
        try push(cell, key, to: walk.classNumber)
    }

    private static func elementCode(of cell: Cell, after last: Cell?, _ walk: inout Walk) -> UInt64 {
        if let last {
            if last.slot.field != cell.slot.field {
                walk.nextIndex = 0
            } else if last.slot.element == cell.slot.element {
                return CellClass.ElementCode.sameSlot
            }
        }
        switch cell.slot.element {
        case .none: return CellClass.ElementCode.none
        case .identifier: return CellClass.ElementCode.identifier
        case .bytes: return CellClass.ElementCode.bytes
        case .index(let index):
            defer { walk.nextIndex = index &+ 1 }
            return index == walk.nextIndex ? CellClass.ElementCode.next : CellClass.ElementCode.index
        }
    }

    /// Begins a step.
    private mutating func enter(_ cellClass: CellClass, write: Int?, _ walk: inout Walk) {
        let code =
            if let write {
                write == walk.write ? ShapeTrie.WriteCode.same : ShapeTrie.WriteCode.first + UInt32(write)
            } else {
                ShapeTrie.WriteCode.new
            }
        let step = ShapeTrie.Step(cellClass: cellClass, write: code)
        walk.node = trie.child(of: walk.node, step)
        walk.step = step
        walk.classNumber = trie.classNumber(of: walk.node)
        if walk.classNumber == columns.count { columns.append(ClassColumns(cellClass)) }
        if cellClass.repeats { columns[walk.classNumber].repeats.append(0) }
    }

    /// The place of a cell's write among those of its record.
    private mutating func write(of cell: Cell, _ key: RecordKey) throws(PieceError) -> (place: Int, isNew: Bool) {
        let (start, end) = (writes.start, writes.count)
        guard let origin = originIndex(of: cell.dot), cell.dot.sequence > 0 else {
            throw .malformed(.dotBeyondCut(key, cell.dot))
        }
        var place = end
        while place > start {
            place -= 1
            if writes.sequences[place] == cell.dot.sequence, writes.origins[place] == UInt64(origin),
                writes.stamps[place] == cell.stamp.rawValue
            {
                return (place - start, false)
            }
        }
        writes.append(origin: origin, sequence: cell.dot.sequence, stamp: cell.stamp)
        return (end - start, true)
    }

    /// The place of an origin in the cut; nil if the cut does not cover the dot.
    private mutating func originIndex(of dot: Dot) -> Int? {
        if lastOrigin?.origin != dot.origin {
            var (low, high) = (0, cut.points.count)
            while low < high {
                let middle = (low + high) / 2
                if cut.points[middle].origin < dot.origin { low = middle + 1 } else { high = middle }
            }
            guard low < cut.points.count, cut.points[low].origin == dot.origin else { return nil }
            lastOrigin = (dot.origin, low)
        }
        guard let index = lastOrigin?.index, dot.sequence <= cut.points[index].point.sequence else { return nil }
        return index
    }

    private mutating func push(element: Element, code: UInt64, to number: Int) {
        switch code {
        case CellClass.ElementCode.index:
            if case .index(let index) = element { columns[number].indexes.append(index) }
        case CellClass.ElementCode.identifier:
            if case .identifier(let identifier) = element { columns[number].elements.append(term(of: identifier)) }
        case CellClass.ElementCode.bytes:
            if case .bytes(let bytes) = element {
                columns[number].elements.append(pool.term(ofString: bytes))
                contentBytes += bytes.count
            }
        default: break
        }
    }

    private mutating func push(_ cell: Cell, _ key: RecordKey, to number: Int) throws(PieceError) {
        guard case .value(let value) = cell.content else {
            valueCount += 1
            return
        }
        guard value.isWithinLimits else { throw .malformed(.valueOutsideLimits(key, cell.slot)) }
        guard case .tuple(let items) = value else {
            valueCount += 1
            return push(value, at: 0, stamp: cell.stamp, to: number)
        }
        valueCount += 1 + items.count
        for index in items.indices { push(items[index], at: index, stamp: cell.stamp, to: number) }
        if items.count == 3, case .identifier = items[0], case .integer(let factor) = items[1],
            case .integer(let other) = items[2]
        {
            hasAmounts = true
            amounts[shapes.count] &+= UInt64(bitPattern: factor &* other)
        }
    }

    private mutating func push(_ value: Value, at index: Int, stamp: HLC, to number: Int) {
        switch value {
        case .empty, .tuple: break
        case .integer(let integer): columns[number].items[index].numbers.append(UInt64(bitPattern: integer))
        case .count(let count):
            columns[number].items[index].numbers.append(count.increments)
            columns[number].items[index].decrements.append(count.decrements)
        case .moment(let time):
            columns[number].items[index].numbers.append(UInt64(bitPattern: time &- stamp.milliseconds))
        case .text(let text):
            let term = pool.term(ofText: text)
            if pool.entries[Int(term)].kind == 0 { contentBytes += text.utf8.count }
            columns[number].items[index].terms.append(term)
        case .bytes(let bytes):
            contentBytes += bytes.count
            columns[number].items[index].terms.append(pool.term(ofString: bytes))
        case .identifier(let identifier): columns[number].items[index].terms.append(term(of: identifier))
        }
    }

    private mutating func term(of identifier: Identifier) -> UInt32 {
        let term = pool.term(of: identifier)
        if pool.entries[Int(term)].kind == 0 { contentBytes += identifier.textBytes?.count ?? 0 }
        return term
    }

    mutating func sortTermClasses() {
        pool.sortClasses()
    }
}
