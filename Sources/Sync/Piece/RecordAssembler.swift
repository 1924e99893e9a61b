internal import CRDT
internal import Replica

/// Puts records together out of a piece's columns, and holds them to the rules of a delta's form.
struct RecordAssembler {
    private let columns: PieceColumns
    private let header: DeltaHeader
    private let points: [(origin: Origin, point: ChainPoint)]
    /// By class.
    private var cursors: [Cursor]
    private var nextWrite = 0

    private struct Cursor {
        var step = 0
        var cell = 0
    }

    init(_ columns: PieceColumns, _ header: DeltaHeader) {
        self.columns = columns
        self.header = header
        points = header.cut.points
        cursors = [Cursor](repeating: Cursor(), count: columns.classes.count)
    }

    mutating func records() throws(PieceError) -> [DeltaRecord] {
        var records: [DeltaRecord] = []
        records.reserveCapacity(columns.shapes.count)
        var place = 0
        for (collection, column) in columns.keys {
            for index in column.identifiers.indices {
                let key = RecordKey(scope: header.scope, collection: collection, id: column.identifiers[index])
                if let last = records.last?.key, key <= last { throw .malformed(.keysOutOfOrder(key)) }
                records.append(try Self.record(key, try cells(ofRecord: place, key)))
                place += 1
            }
        }
        return records
    }

    private static func record(_ key: RecordKey, _ cells: [Cell]) throws(PieceError) -> DeltaRecord {
        do throws(ReplicaError) {
            return try DeltaRecord(key: key, cells: cells)
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
        var manyWrites: Set<WriteIdentity> = []
    }

    private mutating func cells(ofRecord record: Int, _ key: RecordKey) throws(PieceError) -> [Cell] {
        var cells: [Cell] = []
        let range = columns.steps(ofRecord: record)
        cells.reserveCapacity(cellCount(of: range))
        var walk = Walk(firstWrite: nextWrite)
        for index in range {
            let step = columns.steps[index]
            let number = step.classNumber
            var count = 1
            if columns.classes[number].cellClass.repeats {
                count += Int(columns.classes[number].repeats[cursors[number].step])
                cursors[number].step += 1
            }
            for repetition in 0..<count {
                try enterWrite(step, isRepeated: repetition > 0, key, &walk)
                let cell = try cell(number, after: cells.last, key, &walk)
                cells.append(cell)
            }
        }
        return cells
    }

    private func cellCount(of range: Range<Int>) -> Int {
        var count = range.count
        for index in range where columns.classes[columns.steps[index].classNumber].cellClass.repeats {
            let number = columns.steps[index].classNumber
            count += Int(columns.classes[number].repeats[min(cursors[number].step, columns.classes[number].repeats.count - 1)])
        }
        return min(count, Limits.cellsPerRecord)
    }

    private mutating func enterWrite(
        _ step: PieceColumns.Step, isRepeated: Bool, _ key: RecordKey, _ walk: inout Walk
    ) throws(PieceError) {
        switch step.write {
        case ShapeTrie.WriteCode.new:
            walk.write = nextWrite
            nextWrite += 1
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

    private mutating func cell(
        _ number: Int, after last: Cell?, _ key: RecordKey, _ walk: inout Walk
    ) throws(PieceError) -> Cell {
        let place = cursors[number].cell
        cursors[number].cell += 1
        let cellClass = columns.classes[number].cellClass
        let field = cellClass.field
        if last?.slot.field != field { walk.nextIndex = 0 }
        let slot: SlotKey
        if cellClass.element == CellClass.ElementCode.sameSlot {
            guard let last, last.slot.field == field else { throw .malformed(.cellsOutOfOrder(key)) }
            slot = last.slot
        } else {
            slot = SlotKey(field: field, element: try element(number, place, &walk))
        }
        let stamp = HLC(rawValue: columns.writes.stamps[walk.write])
        let dot = Dot(
            origin: points[Int(columns.writes.origins[walk.write])].origin, sequence: columns.writes.sequences[walk.write])
        if let last {
            let ascends =
                cellClass.element == CellClass.ElementCode.sameSlot ? last.dot < dot : last.slot < slot
            guard ascends else { throw .malformed(.cellsOutOfOrder(key)) }
        }
        let content = try content(number, place, stamp, SlotKey(field: field), key)
        return Cell(slot: slot, dot: dot, stamp: stamp, content: content)
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

    private func content(
        _ number: Int, _ place: Int, _ stamp: HLC, _ slot: SlotKey, _ key: RecordKey
    ) throws(PieceError) -> Cell.Content {
        switch columns.classes[number].cellClass.contentCode {
        case CellClass.ContentCode.removed: return .removed
        case CellClass.ContentCode.held:
            guard header.reach != .wholeState else { throw .malformed(.heldInSnapshot(key)) }
            return .held
        case CellClass.ContentCode.tuple:
            let count = columns.classes[number].items.count
            var items: [Value] = []
            items.reserveCapacity(count)
            for item in 0..<count {
                items.append(value(number, item, place, stamp))
                try check(items[item], slot, key)
            }
            return .value(.tuple(items))
        default:
            let value = value(number, 0, place, stamp)
            try check(value, slot, key)
            return .value(value)
        }
    }

    /// Counts were checked with their columns, texts with their terms.
    @inline(__always)
    private func check(_ value: Value, _ slot: SlotKey, _ key: RecordKey) throws(PieceError) {
        guard case .moment = value, !value.isWithinLimits else { return }
        throw .malformed(.valueOutsideLimits(key, slot))
    }

    /// Columns are reached from the top each time: a copy on the way would count references up and down for every cell.
    @inline(__always)
    private func value(_ number: Int, _ item: Int, _ place: Int, _ stamp: HLC) -> Value {
        switch columns.classes[number].items[item].code {
        case CellClass.ContentCode.integer:
            .integer(Int64(bitPattern: columns.classes[number].items[item].numbers[place]))
        case CellClass.ContentCode.moment:
            .moment(Int64(bitPattern: columns.classes[number].items[item].numbers[place]) &+ stamp.milliseconds)
        case CellClass.ContentCode.count:
            .count(
                Count(
                    increments: columns.classes[number].items[item].numbers[place],
                    decrements: columns.classes[number].items[item].decrements[place]))
        case CellClass.ContentCode.text:
            .text(columns.classes[number].items[item].terms.texts[index(number, item, place)])
        case CellClass.ContentCode.bytes:
            .bytes(columns.classes[number].items[item].terms.strings[index(number, item, place)])
        case CellClass.ContentCode.identifier:
            .identifier(columns.classes[number].items[item].terms.identifiers[index(number, item, place)])
        default: .empty
        }
    }

    @inline(__always)
    private func index(_ number: Int, _ item: Int, _ place: Int) -> Int {
        columns.classes[number].items[item].terms.index(at: place)
    }
}
