internal import CRDT

/// Reads what `PushWriter` wrote, out of bits that nobody vouches for, and learns from it in the same way.
struct PushReader {
    var context: PushContext
    private var bits: BitReader
    private let bitCount: Int
    /// How many bits were read: where an error is.
    private(set) var offset = 0

    /// - Parameter bytes: must outlive the reader.
    init(_ bytes: UnsafeRawBufferPointer, _ context: PushContext) {
        self.context = context
        self.context.prepare()
        bits = BitReader(bytes)
        bitCount = bytes.count * 8
    }

    /// No more things than this can follow, each of one bit or more.
    var remaining: Int { bitCount - offset }

    func expectEnd() throws(CodecError) {
        guard bits.isAtEnd else { throw .trailing(offset: offset) }
    }

    mutating func read(raw count: Int) throws(CodecError) -> UInt64 {
        guard let value = bits.read(count: count) else { throw .truncated(offset: offset) }
        offset += count
        return value
    }

    mutating func read(_ field: PushField) throws(CodecError) -> UInt64 {
        try read(at: field.rawValue)
    }

    mutating func read(at model: Int, _ slot: Int = PushWidth.plain) throws(CodecError) -> UInt64 {
        let start = offset
        let shift = Int(context.models[model].shift(slot))
        var width = 0
        while try read(raw: 1) == 1 { width += 1 }
        guard width + shift <= 64 else { throw .outOfRange(offset: start) }
        var value: UInt64 = 0
        if width > 0 { value = 1 << UInt64(width - 1) | (width > 1 ? try read(raw: width - 1) : 0) }
        value = value << UInt64(shift) | (try read(raw: shift))
        context.update(model) { $0.learn(value, slot) }
        return value
    }

    /// A number that counts things, each of which takes a bit or more.
    mutating func readCount(_ field: PushField, limit: Int) throws(CodecError) -> Int {
        let start = offset
        let count = try read(field)
        guard count <= UInt64(limit) else { throw .oversized(count, limit: UInt64(limit), offset: start) }
        guard count <= UInt64(remaining) else { throw .truncated(offset: start) }
        return Int(count)
    }

    mutating func readChoice(at model: Int) throws(CodecError) -> UInt8 {
        let start = offset
        guard try read(raw: 1) == 1 else { return context.models[model].choice }
        let choice = UInt8(truncatingIfNeeded: try read(raw: 3))
        guard choice != context.models[model].choice else { throw .notCanonical(offset: start) }
        context.update(model) { $0.choice = choice }
        return choice
    }

    mutating func readString(limit: Int) throws(CodecError) -> [UInt8] {
        let start = offset
        let count = try readCount(.length, limit: limit)
        guard count * 8 <= remaining else { throw .truncated(offset: start) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count { bytes.append(UInt8(truncatingIfNeeded: try read(raw: 8))) }
        return bytes
    }

    mutating func readText(limit: Int) throws(CodecError) -> String {
        let start = offset
        guard let text = String(validating: try readString(limit: limit), as: UTF8.self) else {
            throw .notText(offset: start)
        }
        return text
    }

    mutating func readPlainIdentifier(at model: Int) throws(CodecError) -> Identifier {
        let start = offset
        let idClass = try readIdClass(at: model)
        if idClass == 0 {
            let text = try readText(limit: Identifier.byteLimit)
            guard let identifier = Identifier(text) else { throw .outOfRange(offset: start) }
            guard identifier.numbered == nil else { throw .notCanonical(offset: start) }
            return identifier
        }
        guard let like = context.identifier(ofClass: idClass) else { throw .unknownCode(UInt64(idClass), offset: start) }
        guard let identifier = like.renumbered(try read(at: model)) else { throw .outOfRange(offset: start) }
        return identifier
    }

    private mutating func readIdClass(at model: Int) throws(CodecError) -> UInt8 {
        let start = offset
        guard try read(raw: 1) == 1 else { return context.models[model].idClass }
        var idClass = UInt8(truncatingIfNeeded: try read(raw: 5))
        if idClass > PushContext.classLimit {
            idClass = try readNewClass()
        } else if idClass == context.models[model].idClass {
            throw .notCanonical(offset: start)
        }
        context.update(model) { $0.idClass = idClass }
        return idClass
    }

    private mutating func readNewClass() throws(CodecError) -> UInt8 {
        let start = offset
        var text: [UInt8] = []
        for _ in 0..<(try read(raw: 3)) { text.append(UInt8(truncatingIfNeeded: try read(raw: 7))) }
        let digits = Int(try read(raw: 5)) + 1
        guard digits <= 18, text.last.map({ !(0x30...0x39).contains($0) }) ?? true else {
            throw .outOfRange(offset: start)
        }
        text += [UInt8](repeating: 0x30, count: digits)
        guard let identifier = Identifier(String(decoding: text, as: UTF8.self)), identifier.numbered != nil else {
            throw .outOfRange(offset: start)
        }
        guard context.idClass(of: identifier) == nil else { throw .notCanonical(offset: start) }
        return context.learn(classOf: identifier)
    }
}
