/// An id is a shape (prefix and width, or text) and a payload (its number, or the text), so that ids of one shape are written
/// as numbers, or as differences between them.
extension Identifier {
    public func hasSameShape(as other: Identifier) -> Bool {
        switch (form, other.form) {
        case (.numbered(let prefix, let digits, _), .numbered(let prefix2, let digits2, _)):
            prefix == prefix2 && digits == digits2
        case (.text, .text): true
        default: false
        }
    }

    public func encodeShape(into writer: inout ByteWriter) {
        switch form {
        case .numbered(let prefix, let digits, _):
            writer.write(byte: Shape.numbered(prefix, digits))
            writer.write(prefix: prefix)
        case .text: writer.write(byte: Shape.identifierText)
        }
    }

    func encodePayload(into writer: inout ByteWriter) {
        switch form {
        case .numbered(_, _, let number): writer.write(varint: number)
        case .text(let bytes): writer.write(counted: bytes)
        }
    }

    init(decodingPayload reader: inout ByteReader, like model: Identifier) throws(CodecError) {
        let start = reader.offset
        switch model.form {
        case .numbered(let prefix, let digits, _):
            form = try Self.validNumber(prefix, digits, reader.readVarint(), at: start)
        case .text:
            form = try Self.validText(Array(reader.readCounted(limit: Identifier.byteLimit)), at: start)
        }
    }

    /// Writes the payload relative to an id of the same shape; nil stands for the number 0.
    public func encodeDifference(from previous: Identifier?, into writer: inout ByteWriter) {
        guard case .numbered(_, _, let number) = form else { return encodePayload(into: &writer) }
        let base: UInt64 = if case .numbered(_, _, let number)? = previous?.form { number } else { 0 }
        writer.write(zigzag: Int64(number) - Int64(base))
    }

    /// Reads what `encodeDifference` wrote from an id of the same shape.
    public init(decodingDifference reader: inout ByteReader, from previous: Identifier) throws(CodecError) {
        let start = reader.offset
        guard case .numbered(let prefix, let digits, let base) = previous.form else {
            try self.init(decodingPayload: &reader, like: previous)
            return
        }
        let (number, overflows) = Int64(base).addingReportingOverflow(try reader.readZigzag())
        guard !overflows, number >= 0 else { throw .outOfRange(offset: start) }
        self.init(form: try Self.validNumber(prefix, digits, UInt64(number), at: start))
    }

    /// Reads a shape, and a payload that was written relative to nothing.
    public init(decodingShaped reader: inout ByteReader) throws(CodecError) {
        let shape = try reader.readByte()
        guard shape != Shape.identifierText else {
            try self.init(decodingPayload: &reader, like: Identifier(form: .text([])))
            return
        }
        let (prefix, digits) = try reader.readNumberedShape(shape)
        try self.init(
            decodingDifference: &reader, from: Identifier(form: .numbered(prefix: prefix, digits: digits, number: 0)))
    }
}
