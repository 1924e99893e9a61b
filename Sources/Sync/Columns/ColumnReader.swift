internal import CRDT

/// Reads the columns of a piece. Every count is known before its column is read, and bounded by `PieceLimits`.
struct ColumnReader {
    var tokens: ByteReader
    private var bits: BitReader

    init(tokens: UnsafeRawBufferPointer, bits: UnsafeRawBufferPointer) {
        self.tokens = ByteReader(tokens)
        self.bits = BitReader(bits)
    }

    @inline(__always)
    mutating func readNumber() throws(CodecError) -> UInt64 {
        let token = try tokens.readByte()
        return token < 128 ? UInt64(token) : try readLarge(token)
    }

    private mutating func readLarge(_ token: UInt8) throws(CodecError) -> UInt64 {
        guard Int(token) < Token.count else { throw .unknownCode(UInt64(token), offset: tokens.offset - 1) }
        let count = Token.bits(after: token)
        guard let low = bits.read(count: count) else { throw .truncated(offset: tokens.offset - 1) }
        return (2 | UInt64(token & 1)) << UInt64(count) | low
    }

    mutating func readCount(limit: Int) throws(CodecError) -> Int {
        let start = tokens.offset
        let count = try readNumber()
        guard count <= UInt64(limit) else { throw .oversized(count, limit: UInt64(limit), offset: start) }
        return Int(count)
    }

    func expectEnd() throws(CodecError) {
        try tokens.expectEnd()
        guard bits.isAtEnd else { throw .trailing(offset: tokens.offset) }
    }

    mutating func readIntegers(
        _ count: Int, signed isSigned: Bool, _ hints: IntegerHints = .none
    ) throws(CodecError) -> [UInt64] {
        guard count >= IntegerMode.smallestCount else {
            var values: [UInt64] = []
            for _ in 0..<count {
                let number = try readNumber()
                values.append(isSigned ? UInt64(bitPattern: number.unzigzagged) : number)
            }
            return values
        }
        let start = tokens.offset
        let code = try tokens.readByte()
        guard let mode = IntegerMode(code: code) else { throw .unknownCode(UInt64(code), offset: start) }
        var scale = Scale(factor: 1, isSigned: isSigned)
        if mode.isScaled {
            scale = Scale(factor: try readNumber(), isSigned: isSigned)
            guard (2...1 << 62).contains(scale.factor) else { throw .notCanonical(offset: start) }
        }
        var values = try readPredicted(count, mode, scale, hints, at: start)
        guard mode.isScaled else { return values }
        for index in values.indices {
            guard let value = scale.multiply(values[index]) else { throw .outOfRange(offset: start) }
            values[index] = value
        }
        return values
    }
}
