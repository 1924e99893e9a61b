/// The cells that one transaction left in a record, packed: the canonical form of a record is the list of these groups.
///
/// A group is a run of cells, ascending by slot. A cell is one header byte, then only what the header says is there:
///
///     header    bits 0-1  element: 0 none, 1 the index after the last one of this field, 2 an index, 3 an id or bytes
///               bits 2-4  content: 0 touch mark, 1 shape of the last value, 2 integer, 3 text, 4 count, 5 moment, 6 empty,
///                         7 a shape follows
///               bits 5-7  field less the last cell's field (7: a varint more follows)
///     body      [varint field] [element] [shape] [payload]
///
/// Nothing in a group names the dot, so groups are copied between rows and replicas as they are. A group has one spelling:
/// of two codes that could say the same, only the one that leans on the cells before is accepted (element 1 before 2, content
/// 1 before 2 to 6, those before 7), and slots strictly ascend.
public enum CellGroup {
    /// - Parameters:
    ///   - cells: ascending by slot, none held.
    ///   - dot: whose cells are written; the others are passed over.
    public static func encode(_ cells: [Cell], of dot: Dot, into writer: inout ByteWriter) {
        var context = Context()
        for index in cells.indices where cells[index].dot == dot { encode(cells[index], &context, into: &writer) }
    }

    /// Reads cells until the reader's end.
    ///
    /// - Parameter last: the field behind which nothing is of interest: what stands there is not read.
    public static func decode(
        _ reader: inout ByteReader, dot: Dot, stamp: HLC, upTo last: UInt32 = .max, appendingTo cells: inout [Cell]
    ) throws(CodecError) {
        var context = Context()
        let first = cells.count
        while !reader.isAtEnd {
            guard cells.count < Limits.cellsPerRecord else {
                throw .oversized(UInt64(cells.count) + 1, limit: UInt64(Limits.cellsPerRecord), offset: reader.offset)
            }
            let start = reader.offset
            let header = try reader.readByte()
            let more = header >> 5 == 7 ? try reader.readVarint() : 0
            let (step, overflows) = more.addingReportingOverflow(UInt64(header >> 5))
            guard !overflows, step < UInt64(Limits.field - context.field) else { throw .outOfRange(offset: start) }
            context.enter(field: context.field + UInt32(step))
            guard context.field <= last else { return }
            let element = try decodeElement(header & 3, &context, &reader)
            if step == 0, cells.count > first, cells[cells.count - 1].slot.element >= element {
                throw .notCanonical(offset: start)
            }
            let content = try decodeContent(header >> 2 & 7, stamp.milliseconds, &context, &reader)
            let slot = SlotKey(field: context.field, element: element)
            cells.append(Cell(slot: slot, dot: dot, stamp: stamp, content: content))
        }
    }

    /// What the encoding of a cell leans on: the cells before it.
    struct Context {
        var field: UInt32 = 0
        var nextIndex: UInt64 = 0
        var lastValue: Value?

        mutating func enter(field: UInt32) {
            if field != self.field { nextIndex = 0 }
            self.field = field
        }
    }

    private static func encode(_ cell: Cell, _ context: inout Context, into writer: inout ByteWriter) {
        let code = contentCode(cell.content, after: context.lastValue)
        writeHead(cell.slot, code, &context, into: &writer)
        guard case .value(let value) = cell.content else { return }
        if code == shapeCode { value.encodeShape(into: &writer) }
        value.encodePayload(into: &writer, relativeTo: cell.stamp.milliseconds)
        context.lastValue = value
    }

    /// The header byte, the field and the element.
    static func writeHead(
        _ slot: SlotKey, _ contentCode: UInt8, _ context: inout Context, into writer: inout ByteWriter
    ) {
        let step = slot.field - context.field
        context.enter(field: slot.field)
        let elementCode: UInt8 =
            switch slot.element {
            case .none: 0
            case .index(let index): index == context.nextIndex ? 1 : 2
            case .identifier, .bytes: 3
            }
        writer.write(byte: elementCode | contentCode << 2 | UInt8(min(step, 7)) << 5)
        if step >= 7 { writer.write(varint: UInt64(step - 7)) }
        switch slot.element {
        case .none: break
        case .index(let index):
            if elementCode == 2 { writer.write(varint: index) }
            context.nextIndex = index &+ 1
        case .identifier(let identifier):
            identifier.encodeShape(into: &writer)
            identifier.encodePayload(into: &writer)
        case .bytes(let bytes):
            writer.write(byte: Shape.bytes)
            writer.write(counted: bytes)
        }
    }

    static let markCode: UInt8 = 0
    static let sameShapeCode: UInt8 = 1
    static let shapeCode: UInt8 = 7

    /// How a value is announced whose shape is not that of the last one.
    static func contentCode(of shape: ValueShape) -> UInt8 {
        guard !shape.isTuple else { return shapeCode }
        return switch shape.kinds[0] {
        case .integer: 2
        case .text: 3
        case .count: 4
        case .moment: 5
        case .empty: 6
        case .bytes, .identifier: shapeCode
        }
    }

    private static func contentCode(_ content: Cell.Content, after last: Value?) -> UInt8 {
        let value: Value
        switch content {
        case .value(let stated): value = stated
        case .removed: return 0
        case .held: preconditionFailure("a held cell stands in deltas only")
        }
        if let last, value.hasSameShape(as: last) { return 1 }
        return switch value {
        case .integer: 2
        case .text: 3
        case .count: 4
        case .moment: 5
        case .empty: 6
        case .bytes, .identifier, .tuple: 7
        }
    }

    private static func decodeElement(
        _ code: UInt8, _ context: inout Context, _ reader: inout ByteReader
    ) throws(CodecError) -> Element {
        switch code {
        case 0: return .none
        case 1, 2:
            let start = reader.offset
            let index = code == 2 ? try reader.readVarint() : context.nextIndex
            guard code == 1 || index != context.nextIndex else { throw .notCanonical(offset: start) }
            context.nextIndex = index &+ 1
            return .index(index)
        default:
            let start = reader.offset
            switch try Value(decoding: &reader, relativeTo: 0) {
            case .identifier(let identifier): return .identifier(identifier)
            case .bytes(let bytes): return .bytes(bytes)
            default: throw .unknownCode(UInt64(code), offset: start)
            }
        }
    }

    private static func decodeContent(
        _ code: UInt8, _ milliseconds: Int64, _ context: inout Context, _ reader: inout ByteReader
    ) throws(CodecError) -> Cell.Content {
        if code == 0 { return .removed }
        let start = reader.offset
        if code == 1 {
            guard let model = context.lastValue else { throw .unknownCode(1, offset: start) }
            let value = try Value(decodingPayload: &reader, like: model, relativeTo: milliseconds)
            context.lastValue = value
            return .value(value)
        }
        let value: Value
        switch code {
        case 2: value = .integer(try reader.readZigzag())
        case 3: value = try Value(decodingPayload: &reader, like: .text(""), relativeTo: milliseconds)
        case 4: value = try Value(decodingPayload: &reader, like: .count(Count()), relativeTo: milliseconds)
        case 5: value = try Value(decodingPayload: &reader, like: .moment(0), relativeTo: milliseconds)
        case 6: value = .empty
        default: value = try Value(decoding: &reader, relativeTo: milliseconds)
        }
        guard contentCode(.value(value), after: context.lastValue) == code else { throw .notCanonical(offset: start) }
        context.lastValue = value
        return .value(value)
    }
}
