/// An id as people write it (`P01234`, `S000-0000123`, `vip`), packed: most ids are a short prefix and a run of digits.
///
/// Equality and order are those of the canonical bytes, never of Unicode equivalence. Ids of one prefix and width sort by
/// their number.
public struct Identifier: Hashable, Sendable {
    /// The most UTF-8 bytes of an id.
    public static let byteLimit = 64

    @usableFromInline
    enum Form: Hashable, Sendable {
        /// Up to 7 ASCII bytes of prefix, packed big end first above their count; 1 to 18 digits; their value.
        case numbered(prefix: UInt64, digits: UInt8, number: UInt64)
        case text([UInt8])
    }

    @usableFromInline let form: Form

    @inlinable
    public func hash(into hasher: inout Hasher) {
        switch form {
        case .numbered(let prefix, let digits, let number):
            // Of the byte for its length, a prefix takes three bits; the digits fit into the others.
            hasher.combine(prefix | UInt64(digits) << 3)
            hasher.combine(number)
        case .text(let bytes): hasher.combine(bytes)
        }
    }

    @usableFromInline
    init(form: Form) {
        self.form = form
    }

    /// An id of digits only.
    ///
    /// - Parameter digits: 1 to 18, and enough for the number.
    public init(number: UInt64, digits: UInt8) {
        precondition((1...18).contains(digits) && number < Self.powersOfTen[Int(digits)], "an id's digits hold its number")
        form = .numbered(prefix: 0, digits: digits, number: number)
    }

    /// - Returns: nil if the text is empty or longer than `byteLimit`.
    public init?(_ text: String) {
        var text = text
        let form = text.withUTF8 { Self.pack($0) }
        guard let form else { return nil }
        self.form = form
    }

    private static func pack(_ utf8: UnsafeBufferPointer<UInt8>) -> Form? {
        guard !utf8.isEmpty, utf8.count <= byteLimit else { return nil }
        var split = utf8.count
        while split > 0, utf8.count - split < 18, (0x30...0x39).contains(utf8[split - 1]) { split -= 1 }
        guard split < utf8.count, split <= 7, utf8[..<split].allSatisfy({ $0 < 0x80 }) else { return .text(Array(utf8)) }
        if split > 0, (0x30...0x39).contains(utf8[split - 1]) { return .text(Array(utf8)) }
        var prefix = UInt64(split)
        for index in 0..<split { prefix |= UInt64(utf8[index]) << (56 - 8 * UInt64(index)) }
        var number: UInt64 = 0
        for digit in utf8[split...] { number = number &* 10 &+ UInt64(digit &- 0x30) }
        return .numbered(prefix: prefix, digits: UInt8(utf8.count - split), number: number)
    }

    @usableFromInline static let powersOfTen: [UInt64] = (0...18).map { power in
        (0..<power).reduce(1) { product, _ in product * 10 }
    }

    /// Prefix, width and number of an id that is packed so; nil for an id that is kept as text.
    ///
    /// The prefix is up to 7 ASCII bytes, big end first above their count.
    @inlinable public var numbered: (prefix: UInt64, digits: UInt8, number: UInt64)? {
        if case .numbered(let prefix, let digits, let number) = form { (prefix, digits, number) } else { nil }
    }

    /// The UTF-8 bytes of an id that is kept as text; nil for one that is packed.
    @inlinable public var textBytes: [UInt8]? {
        if case .text(let bytes) = form { bytes } else { nil }
    }

    /// The id with this one's prefix and width and another number.
    ///
    /// - Returns: nil if this id has no number, or the digits do not hold the new one.
    @inlinable
    public func renumbered(_ number: UInt64) -> Identifier? {
        guard case .numbered(let prefix, let digits, _) = form, number < Self.powersOfTen[Int(digits)] else { return nil }
        return Identifier(form: .numbered(prefix: prefix, digits: digits, number: number))
    }

    /// The number in an id of digits only.
    public var plainNumber: UInt64? {
        if case .numbered(prefix: 0, _, let number) = form { number } else { nil }
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String {
        switch form {
        case .text(let bytes):
            return String(decoding: bytes, as: UTF8.self)
        case .numbered(let prefix, let digits, var number):
            let length = Int(prefix & 0xFF)
            var bytes = (0..<length).map { UInt8(truncatingIfNeeded: prefix >> (56 - 8 * UInt64($0))) }
            bytes.append(contentsOf: repeatElement(0x30, count: Int(digits)))
            for index in stride(from: bytes.count - 1, through: length, by: -1) {
                bytes[index] = 0x30 + UInt8(number % 10)
                number /= 10
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension Identifier: Comparable {
    public static func < (left: Identifier, right: Identifier) -> Bool {
        switch (left.form, right.form) {
        case (.numbered(let prefix, let digits, let number), .numbered(let prefix2, let digits2, let number2)):
            let (shape, shape2) = (Shape.numbered(prefix, digits), Shape.numbered(prefix2, digits2))
            return (shape, prefix, number) < (shape2, prefix2, number2)
        case (.text(let bytes), .text(let bytes2)): return bytes.lexicographicallyPrecedes(bytes2)
        case (.text, .numbered): return true
        case (.numbered, .text): return false
        }
    }
}

extension Identifier {
    /// The form in a row's key, where the id stands last: its shape, then prefix and number or the text, without a length.
    /// Byte order is the order of ids.
    public func encodeLast(into writer: inout ByteWriter) {
        switch form {
        case .numbered(let prefix, let digits, let number):
            writer.write(byte: Shape.numbered(prefix, digits))
            writer.write(prefix: prefix)
            writer.write(varint: number)
        case .text(let bytes):
            writer.write(byte: Shape.identifierText)
            writer.write(raw: bytes)
        }
    }

    public init(decodingLast reader: inout ByteReader) throws(CodecError) {
        let start = reader.offset
        let shape = try reader.readByte()
        if shape == Shape.identifierText {
            let raw = try reader.readRaw(reader.remaining)
            form = try Self.validText(Array(raw), at: start)
        } else {
            let (prefix, digits) = try reader.readNumberedShape(shape)
            form = try Self.validNumber(prefix, digits, reader.readVarint(), at: start)
        }
    }

    /// The shape and prefix of an id that has a number: what it shares with others. Nothing for an id that is kept as text.
    public func encodePrefix(into writer: inout ByteWriter) {
        guard case .numbered(let prefix, let digits, _) = form else { return }
        writer.write(byte: Shape.numbered(prefix, digits))
        writer.write(prefix: prefix)
    }

    /// An id of that shape and prefix whose number is 0.
    public init(decodingPrefix reader: inout ByteReader) throws(CodecError) {
        let (prefix, digits) = try reader.readNumberedShape(try reader.readByte())
        form = .numbered(prefix: prefix, digits: digits, number: 0)
    }

    /// Text is canonical only where the packed form cannot say it.
    static func validText(_ bytes: [UInt8], at offset: Int) throws(CodecError) -> Form {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(offset: offset) }
        guard let identifier = Identifier(text), case .text = identifier.form else { throw .notCanonical(offset: offset) }
        return .text(bytes)
    }

    @inlinable
    static func validNumber(_ prefix: UInt64, _ digits: UInt8, _ number: UInt64, at offset: Int) throws(CodecError) -> Form {
        guard number < powersOfTen[Int(digits)] else { throw .outOfRange(offset: offset) }
        return .numbered(prefix: prefix, digits: digits, number: number)
    }
}
