/// The codes that say how the bytes of a value are laid out.
@usableFromInline
enum Shape {
    static let empty: UInt8 = 0
    static let integer: UInt8 = 1
    static let count: UInt8 = 2
    static let moment: UInt8 = 3
    static let text: UInt8 = 4
    static let bytes: UInt8 = 5
    static let identifierText: UInt8 = 6
    static let tuple: UInt8 = 7
    /// The first of 8 x 18 codes: the length of the prefix (0 to 7), then the number of digits (1 to 18).
    static let firstNumbered: UInt8 = 8
    static let lastNumbered: UInt8 = 8 + 8 * 18 - 1

    @inlinable
    static func numbered(_ prefix: UInt64, _ digits: UInt8) -> UInt8 {
        8 + UInt8(truncatingIfNeeded: prefix & 0xFF) * 18 + digits - 1
    }
}

extension ByteWriter {
    /// The bytes of a packed prefix, without their count.
    @usableFromInline
    mutating func write(prefix: UInt64) {
        for index in 0..<(prefix & 0xFF) { write(byte: UInt8(truncatingIfNeeded: prefix >> (56 - 8 * index))) }
    }
}

extension ByteReader {
    /// The prefix and digit count that a numbered shape announces.
    mutating func readNumberedShape(_ shape: UInt8) throws(CodecError) -> (prefix: UInt64, digits: UInt8) {
        guard (Shape.firstNumbered...Shape.lastNumbered).contains(shape) else {
            throw .unknownCode(UInt64(shape), offset: offset - 1)
        }
        let length = UInt64((shape - Shape.firstNumbered) / 18)
        let digits = (shape - Shape.firstNumbered) % 18 + 1
        var prefix = length
        for (index, byte) in try readRaw(Int(length)).enumerated() {
            guard byte < 0x80, index + 1 < length || !(0x30...0x39).contains(byte) else {
                throw .notCanonical(offset: offset)
            }
            prefix |= UInt64(byte) << (56 - 8 * UInt64(index))
        }
        return (prefix, digits)
    }
}
