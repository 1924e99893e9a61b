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

    /// Equal for ids of one shape only.
    @inlinable var shapeCode: UInt64 {
        switch form {
        // Of the byte for its length, a prefix takes three bits; the digits fit into the others.
        case .numbered(let prefix, let digits, _): prefix | UInt64(digits) << 3
        case .text: .max
        }
    }

    /// Writes the shape of the ids with a `shapeCode`.
    static func encodeShape(_ code: UInt64, into writer: inout ByteWriter) {
        guard code != .max else { return writer.write(byte: Shape.identifierText) }
        let prefix = code & ~0xF8
        writer.write(byte: Shape.numbered(prefix, UInt8(truncatingIfNeeded: code >> 3) & 0x1F))
        writer.write(prefix: prefix)
    }

    @usableFromInline
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

    /// Writes the payload relative to the id before of the same shape, in an ascending run of them; nil in front.
    public func encodeDistance(from previous: Identifier?, into writer: inout ByteWriter) {
        guard case .numbered(_, _, let number) = form, case .numbered(_, _, let base)? = previous?.form else {
            return encodePayload(into: &writer)
        }
        writer.write(varint: number - base)
    }

    /// Reads what `encodeDistance` wrote.
    ///
    /// - Parameters:
    ///   - previous: the id before, or for the first any of its shape.
    public init(
        decodingDistance reader: inout ByteReader, from previous: Identifier, isFirst: Bool
    ) throws(CodecError) {
        let start = reader.offset
        guard !isFirst, case .numbered(let prefix, let digits, let base) = previous.form else {
            try self.init(decodingPayload: &reader, like: previous)
            return
        }
        let (number, overflows) = base.addingReportingOverflow(try reader.readVarint())
        guard !overflows, number > base else { throw .notCanonical(offset: start) }
        self.init(form: try Self.validNumber(prefix, digits, number, at: start))
    }

    /// Reads a shape.
    ///
    /// - Returns: any id of it.
    public init(decodingShape reader: inout ByteReader) throws(CodecError) {
        let shape = try reader.readByte()
        guard shape != Shape.identifierText else {
            self.init(form: .text([]))
            return
        }
        let (prefix, digits) = try reader.readNumberedShape(shape)
        self.init(form: .numbered(prefix: prefix, digits: digits, number: 0))
    }
}
