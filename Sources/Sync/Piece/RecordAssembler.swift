internal import CRDT
internal import Replica

/// Puts records together out of a piece's columns, and holds them to the rules of a delta's form.
struct RecordAssembler {
    private let columns: PieceColumns
    private let header: DeltaHeader
    private let points: [(origin: Origin, point: ChainPoint)]
    /// By class.
    private var cursors: [Cursor]
    /// By class: that of the values it holds.
    private let valueShapes: [ValueShape]
    private var nextWrite = 0
    private var writer = DeltaRecordWriter()
    /// By write of the record: what its cells are written by, and its held ones; -1 if there are none yet.
    private var groups: [(own: Int, held: Int)] = []

    private struct Cursor {
        var step = 0
        var cell = 0
    }

    init(_ columns: PieceColumns, _ header: DeltaHeader) {
        self.columns = columns
        self.header = header
        points = header.cut.points
        cursors = [Cursor](repeating: Cursor(), count: columns.classes.count)
        valueShapes = columns.classes.map(\.cellClass.valueShape)
    }

    mutating func records() throws(PieceError) -> [DeltaRecord] {
        var records: [DeltaRecord] = []
        records.reserveCapacity(columns.shapes.count)
        var place = 0
        for (collection, column) in columns.keys {
            for index in column.identifiers.indices {
                let key = RecordKey(scope: header.scope, collection: collection, id: column.identifiers[index])
                if let last = records.last?.key, key <= last { throw .malformed(.keysOutOfOrder(key)) }
                records.append(try self.record(place, key))
                place += 1
            }
        }
        return records
    }

    private mutating func record(_ record: Int, _ key: RecordKey) throws(PieceError) -> DeltaRecord {
        try writeCells(ofRecord: record, key)
        do throws(ReplicaError) {
            return try writer.finish(key)
        } catch {
            guard case .malformed(let fault) = error else { throw .malformed(.cellsOutOfOrder(key)) }
            throw .malformed(fault)
        }
    }

    /// Where the walk through a record's steps stands.
    private struct Walk {
        /// The write of the last cell, and the first one of the record.
        var write = 0
        let firstWrite: Int
        var nextIndex: UInt64 = 0
        /// The last cell.
        var slot: SlotKey?
        var dot = Dot(origin: Origin(rawValue: 0), sequence: 0)
        var manyWrites: Set<WriteIdentity> = []
    }

    private mutating func writeCells(ofRecord record: Int, _ key: RecordKey) throws(PieceError) {
        var walk = Walk(write: 0, firstWrite: nextWrite)
        groups.removeAll(keepingCapacity: true)
        for index in columns.steps(ofRecord: record) {
            let step = columns.steps[index]
            let number = step.classNumber
            var count = 1
            if columns.classes[number].cellClass.repeats {
                count += Int(columns.classes[number].repeats[cursors[number].step])
                cursors[number].step += 1
            }
            for repetition in 0..<count {
                try enterWrite(step, isRepeated: repetition > 0, key, &walk)
                try writeCell(number, key, &walk)
            }
        }
    }

    private mutating func enterWrite(
        _ step: PieceColumns.Step, isRepeated: Bool, _ key: RecordKey, _ walk: inout Walk
    ) throws(PieceError) {
        switch step.write {
        case ShapeTrie.WriteCode.new:
            walk.write = nextWrite
            nextWrite += 1
            groups.append((-1, -1))
            try check(write: walk.write, key, &walk)
        case ShapeTrie.WriteCode.same: break
        default:
            guard !isRepeated else { return }
            let write = walk.firstWrite + Int(step.write - ShapeTrie.WriteCode.first)
            guard write < nextWrite, write != walk.write else { throw .columns(.notCanonical(offset: 0)) }
            walk.write = write
        }
    }

    /// A write lies under the cut, and its record has not named it before.
    private func check(write: Int, _ key: RecordKey, _ walk: inout Walk) throws(PieceError) {
        let identity = identity(ofWrite: write)
        let point = points[Int(identity.origin)]
        guard identity.sequence > 0, identity.sequence <= point.point.sequence else {
            throw .malformed(.dotBeyondCut(key, Dot(origin: point.origin, sequence: identity.sequence)))
        }
        guard write - walk.firstWrite >= Self.fewWrites else {
            for earlier in walk.firstWrite..<write where self.identity(ofWrite: earlier) == identity {
                throw .columns(.notCanonical(offset: 0))
            }
            return
        }
        if walk.manyWrites.isEmpty {
            for earlier in walk.firstWrite..<write { walk.manyWrites.insert(self.identity(ofWrite: earlier)) }
        }
        guard walk.manyWrites.insert(identity).inserted else { throw .columns(.notCanonical(offset: 0)) }
    }

    /// Up to here looking through them is faster than hashing.
    private static let fewWrites = 16

    private struct WriteIdentity: Hashable {
        let origin: UInt64
        let sequence: UInt64
        let stamp: UInt64
    }

    @inline(__always)
    private func identity(ofWrite write: Int) -> WriteIdentity {
        WriteIdentity(
            origin: columns.writes.origins[write], sequence: columns.writes.sequences[write],
            stamp: columns.writes.stamps[write])
    }

    private mutating func writeCell(_ number: Int, _ key: RecordKey, _ walk: inout Walk) throws(PieceError) {
        let place = cursors[number].cell
        cursors[number].cell += 1
        let cellClass = columns.classes[number].cellClass
        let isSameSlot = cellClass.element == CellClass.ElementCode.sameSlot
        let dot = Dot(
            origin: points[Int(columns.writes.origins[walk.write])].origin, sequence: columns.writes.sequences[walk.write])
        if walk.slot?.field != cellClass.field { walk.nextIndex = 0 }
        if isSameSlot {
            guard walk.slot?.field == cellClass.field, walk.dot < dot else { throw .malformed(.cellsOutOfOrder(key)) }
        } else {
            let slot = SlotKey(field: cellClass.field, element: try element(number, place, &walk))
            if let last = walk.slot, last >= slot { throw .malformed(.cellsOutOfOrder(key)) }
            walk.slot = slot
        }
        walk.dot = dot
        guard let slot = walk.slot else { throw .malformed(.cellsOutOfOrder(key)) }
        try writeContent(number, place, slot, key, walk)
    }

    private mutating func writeContent(
        _ number: Int, _ place: Int, _ slot: SlotKey, _ key: RecordKey, _ walk: Walk
    ) throws(PieceError) {
        let code = columns.classes[number].cellClass.contentCode
        let isHeld = code == CellClass.ContentCode.held
        if isHeld, header.reach == .wholeState { throw .malformed(.heldInSnapshot(key)) }
        let group = group(ofWrite: walk.write - walk.firstWrite, isHeld: isHeld, walk)
        if isHeld || code == CellClass.ContentCode.removed { return writer.writeMark(slot, in: group) }
        for item in columns.classes[number].items.indices
        where columns.classes[number].items[item].code == CellClass.ContentCode.identifier {
            writer[group].name(columns.classes[number].items[item].terms.identifiers[index(number, item, place)])
        }
        writer[group].beginValue(slot, valueShapes[number])
        let stamp = HLC(rawValue: columns.writes.stamps[walk.write])
        for item in columns.classes[number].items.indices {
            try writeItem(number, item, place, stamp, SlotKey(field: slot.field), key, to: group)
        }
    }

    /// What the cells of a write are written by.
    private mutating func group(ofWrite write: Int, isHeld: Bool, _ walk: Walk) -> Int {
        let known = isHeld ? groups[write].held : groups[write].own
        if known >= 0 { return known }
        let group = writer.begin(walk.dot, HLC(rawValue: columns.writes.stamps[walk.write]), isHeld: isHeld)
        if isHeld { groups[write].held = group } else { groups[write].own = group }
        return group
    }

    private func element(_ number: Int, _ place: Int, _ walk: inout Walk) throws(PieceError) -> Element {
        let code = columns.classes[number].cellClass.element
        switch code {
        case CellClass.ElementCode.next, CellClass.ElementCode.index:
            let isNext = code == CellClass.ElementCode.next
            let index = isNext ? walk.nextIndex : columns.classes[number].indexes[place]
            guard isNext || index != walk.nextIndex else { throw .columns(.notCanonical(offset: 0)) }
            walk.nextIndex = index &+ 1
            return .index(index)
        case CellClass.ElementCode.identifier:
            let index = columns.classes[number].elements.index(at: place)
            return .identifier(columns.classes[number].elements.identifiers[index])
        case CellClass.ElementCode.bytes:
            let index = columns.classes[number].elements.index(at: place)
            return .bytes(columns.classes[number].elements.strings[index])
        default: return .none
        }
    }

    /// Columns are reached from the top each time: a copy on the way would count references up and down for every cell.
    /// Counts were checked with their columns, texts with their terms.
    @inline(__always)
    private mutating func writeItem(
        _ number: Int, _ item: Int, _ place: Int, _ stamp: HLC, _ slot: SlotKey, _ key: RecordKey, to group: Int
    ) throws(PieceError) {
        switch columns.classes[number].items[item].code {
        case CellClass.ContentCode.integer:
            writer[group].write(integer: Int64(bitPattern: columns.classes[number].items[item].numbers[place]))
        case CellClass.ContentCode.moment:
            let distance = Int64(bitPattern: columns.classes[number].items[item].numbers[place])
            guard Value.moment(distance &+ stamp.milliseconds).isWithinLimits else {
                throw .malformed(.valueOutsideLimits(key, slot))
            }
            writer[group].write(integer: distance)
        case CellClass.ContentCode.count:
            writer[group].write(
                Count(
                    increments: columns.classes[number].items[item].numbers[place],
                    decrements: columns.classes[number].items[item].decrements[place]))
        case CellClass.ContentCode.text:
            writer[group].write(columns.classes[number].items[item].terms.texts[index(number, item, place)])
        case CellClass.ContentCode.bytes:
            writer[group].write(columns.classes[number].items[item].terms.strings[index(number, item, place)])
        case CellClass.ContentCode.identifier:
            writer[group].write(columns.classes[number].items[item].terms.identifiers[index(number, item, place)])
        default: break
        }
    }

    @inline(__always)
    private func index(_ number: Int, _ item: Int, _ place: Int) -> Int {
        columns.classes[number].items[item].terms.index(at: place)
    }
}
