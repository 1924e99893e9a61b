/// Packs a group cell by cell out of the parts of its cells, for whoever has them in columns: what `CellGroup.encode` writes,
/// and no cell is ever put together.
///
///     writer.begin()
///     writer.name(sku)
///     writer.beginValue(slot, ValueShape([.identifier, .integer], isTuple: true))
///     writer.write(sku)
///     writer.write(integer: 3)
///
/// Its caller answers for the order of slots, and for `Limits`.
public struct CellGroupWriter: Sendable {
    @usableFromInline var writer = ByteWriter()
    private var context = CellGroup.Context()
    /// Of the last value, and the shapes of its ids.
    private var lastShape: UInt64 = .max
    private var lastIdentifiers: [UInt64] = []
    /// Those of the value that comes next.
    @usableFromInline var nextIdentifiers: [UInt64] = []

    public init() {}

    /// What was written of the group.
    public var bytes: [UInt8] { writer.bytes }

    /// Begins another group.
    public mutating func begin() {
        writer.bytes.removeAll(keepingCapacity: true)
        context = CellGroup.Context()
        lastShape = .max
    }

    /// Writes a touch mark.
    public mutating func writeMark(_ slot: SlotKey) {
        CellGroup.writeHead(slot, CellGroup.markCode, &context, into: &writer)
    }

    /// Names an id of the value that begins next; all of them, in their order.
    @inlinable
    public mutating func name(_ identifier: Identifier) {
        nextIdentifiers.append(identifier.shapeCode)
    }

    /// Begins a cell; the payload of each item must follow.
    public mutating func beginValue(_ slot: SlotKey, _ shape: ValueShape) {
        let isSame = shape.code == lastShape && nextIdentifiers == lastIdentifiers
        swap(&lastIdentifiers, &nextIdentifiers)
        nextIdentifiers.removeAll(keepingCapacity: true)
        lastShape = shape.code
        let code = isSame ? CellGroup.sameShapeCode : CellGroup.contentCode(of: shape)
        CellGroup.writeHead(slot, code, &context, into: &writer)
        if code == CellGroup.shapeCode { write(shape) }
    }

    private mutating func write(_ shape: ValueShape) {
        if shape.isTuple {
            writer.write(byte: Shape.tuple)
            writer.write(byte: UInt8(shape.kinds.count))
        }
        var next = 0
        for kind in shape.kinds {
            guard kind == .identifier else {
                writer.write(byte: kind.rawValue)
                continue
            }
            Identifier.encodeShape(lastIdentifiers[next], into: &writer)
            next += 1
        }
    }

    /// Writes an integer, or a moment's distance in milliseconds from the group's stamp.
    @inlinable
    public mutating func write(integer: Int64) {
        writer.write(zigzag: integer)
    }

    @inlinable
    public mutating func write(_ count: Count) {
        count.encode(into: &writer)
    }

    public mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { writer.write(counted: $0) }
    }

    public mutating func write(_ bytes: [UInt8]) {
        writer.write(counted: bytes)
    }

    @inlinable
    public mutating func write(_ identifier: Identifier) {
        identifier.encodePayload(into: &writer)
    }
}
