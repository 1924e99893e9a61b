/// A value is a shape and a payload; a payload can only be read by someone who knows the shape. Neighbouring cells of a
/// record often share a shape, which is then written once.
extension Value {
    func hasSameShape(as other: Value) -> Bool {
        switch (self, other) {
        case (.empty, .empty), (.integer, .integer), (.count, .count), (.moment, .moment), (.text, .text), (.bytes, .bytes):
            true
        case (.identifier(let left), .identifier(let right)): left.hasSameShape(as: right)
        case (.tuple(let left), .tuple(let right)): Self.haveSameShapes(left, right)
        default: false
        }
    }

    private static func haveSameShapes(_ left: [Value], _ right: [Value]) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where !left[index].hasSameShape(as: right[index]) { return false }
        return true
    }

    func encodeShape(into writer: inout ByteWriter) {
        switch self {
        case .empty: writer.write(byte: Shape.empty)
        case .integer: writer.write(byte: Shape.integer)
        case .count: writer.write(byte: Shape.count)
        case .moment: writer.write(byte: Shape.moment)
        case .text: writer.write(byte: Shape.text)
        case .bytes: writer.write(byte: Shape.bytes)
        case .identifier(let identifier): identifier.encodeShape(into: &writer)
        case .tuple(let items):
            writer.write(byte: Shape.tuple)
            writer.write(byte: UInt8(items.count))
            for item in items { item.encodeShape(into: &writer) }
        }
    }

    /// - Parameter milliseconds: what moments are written relative to.
    func encodePayload(into writer: inout ByteWriter, relativeTo milliseconds: Int64) {
        switch self {
        case .empty: break
        case .integer(let number): writer.write(zigzag: number)
        case .count(let count): count.encode(into: &writer)
        case .moment(let time): writer.write(zigzag: time &- milliseconds)
        case .text(let text): writer.write(counted: text.utf8)
        case .bytes(let bytes): writer.write(counted: bytes)
        case .identifier(let identifier): identifier.encodePayload(into: &writer)
        case .tuple(let items):
            for item in items { item.encodePayload(into: &writer, relativeTo: milliseconds) }
        }
    }

    /// Reads a shape, then a payload of it.
    init(decoding reader: inout ByteReader, relativeTo milliseconds: Int64) throws(CodecError) {
        let shape = try reader.readByte()
        guard shape == Shape.tuple else {
            let model = try Value(modelOf: shape, &reader)
            self = try Value(decodingPayload: &reader, like: model, relativeTo: milliseconds)
            return
        }
        let count = Int(try reader.readByte())
        guard count <= Limits.tupleItems else {
            throw .oversized(UInt64(count), limit: UInt64(Limits.tupleItems), offset: reader.offset - 1)
        }
        var model: [Value] = []
        model.reserveCapacity(count)
        for _ in 0..<count { model.append(try Value(modelOf: try reader.readByte(), &reader)) }
        self = try Value(decodingPayload: &reader, like: .tuple(model), relativeTo: milliseconds)
    }

    /// Any value of a scalar shape.
    private init(modelOf shape: UInt8, _ reader: inout ByteReader) throws(CodecError) {
        switch shape {
        case Shape.empty: self = .empty
        case Shape.integer: self = .integer(0)
        case Shape.count: self = .count(Count())
        case Shape.moment: self = .moment(0)
        case Shape.text: self = .text("")
        case Shape.bytes: self = .bytes([])
        case Shape.identifierText: self = .identifier(Identifier(form: .text([])))
        default:
            let (prefix, digits) = try reader.readNumberedShape(shape)
            self = .identifier(Identifier(form: .numbered(prefix: prefix, digits: digits, number: 0)))
        }
    }

    /// Reads a payload of the shape that `model` has.
    init(decodingPayload reader: inout ByteReader, like model: Value, relativeTo milliseconds: Int64) throws(CodecError) {
        let start = reader.offset
        switch model {
        case .empty: self = .empty
        case .integer: self = .integer(try reader.readZigzag())
        case .count:
            let head = try reader.readVarint()
            let decrements = head & 1 == 0 ? 0 : try reader.readVarint()
            guard head & 1 == 0 || decrements > 0 else { throw .notCanonical(offset: start) }
            self = .count(Count(increments: head >> 1, decrements: decrements))
        case .moment:
            let (time, overflows) = milliseconds.addingReportingOverflow(try reader.readZigzag())
            guard !overflows else { throw .outOfRange(offset: start) }
            self = .moment(time)
        case .text: self = .text(try reader.readText(limit: Limits.valueBytes))
        case .bytes: self = .bytes(Array(try reader.readCounted(limit: Limits.valueBytes)))
        case .identifier(let identifier):
            self = .identifier(try Identifier(decodingPayload: &reader, like: identifier))
        case .tuple(let models):
            var items: [Value] = []
            items.reserveCapacity(models.count)
            for item in models {
                items.append(try Value(decodingPayload: &reader, like: item, relativeTo: milliseconds))
            }
            self = .tuple(items)
            return
        }
        guard isWithinLimits else { throw .outOfRange(offset: start) }
    }
}

extension Count {
    /// Most counters only go one way.
    @inlinable
    func encode(into writer: inout ByteWriter) {
        writer.write(varint: increments << 1 | (decrements == 0 ? 0 : 1))
        if decrements > 0 { writer.write(varint: decrements) }
    }
}
