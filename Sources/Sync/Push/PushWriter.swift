internal import CRDT

/// Writes the bits of a push, number by number, and teaches the context what it wrote.
struct PushWriter {
    var context: PushContext
    private(set) var bits = BitWriter()

    init(_ context: PushContext) {
        self.context = context
        self.context.prepare()
    }

    /// The bits as bytes; nothing may be written afterwards.
    mutating func finish() -> [UInt8] {
        bits.finish()
        return bits.bytes
    }

    /// How large the push is so far, in bytes.
    var count: Int { bits.bytes.count }

    mutating func write(raw value: UInt64, count: Int) {
        bits.write(value, count: count)
    }

    mutating func write(_ value: UInt64, _ field: PushField) {
        write(value, at: field.rawValue)
    }

    /// An Exp-Golomb number whose order follows the numbers before: one bit for a 0 where zeros are usual.
    mutating func write(_ value: UInt64, at model: Int, _ slot: Int = PushWidth.plain) {
        let shift = context.models[model].shift(slot)
        let quotient = value >> shift
        let width = 64 - quotient.leadingZeroBitCount
        for _ in 0..<width { bits.write(1, count: 1) }
        bits.write(0, count: 1)
        if width > 1 { bits.write(quotient, count: width - 1) }
        bits.write(value, count: Int(shift))
        context.update(model) { $0.learn(value, slot) }
    }

    /// One bit if it is the choice of the last time.
    mutating func write(choice: UInt8, at model: Int) {
        let isSame = context.models[model].choice == choice
        bits.write(isSame ? 0 : 1, count: 1)
        if !isSame { bits.write(UInt64(choice), count: 3) }
        context.update(model) { $0.choice = choice }
    }

    /// A length, then the bytes.
    mutating func write(string: some Collection<UInt8>) {
        write(UInt64(string.count), .length)
        for byte in string { bits.write(UInt64(byte), count: 8) }
    }

    /// An id without any prediction but that of its class.
    mutating func write(plain identifier: Identifier, at model: Int) {
        guard let numbered = identifier.numbered else {
            write(idClass: 0, at: model)
            return write(string: identifier.textBytes ?? [])
        }
        if let known = context.idClass(of: identifier) {
            write(idClass: known, at: model)
        } else {
            write(idClass: UInt8(PushContext.classLimit) + 1, at: model)
            let length = numbered.prefix & 0xFF
            bits.write(length, count: 3)
            for index in 0..<length { bits.write(numbered.prefix >> (56 - 8 * index), count: 7) }
            bits.write(UInt64(numbered.digits) - 1, count: 5)
            let number = context.learn(classOf: identifier)
            context.update(model) { $0.idClass = number }
        }
        write(numbered.number, at: model)
    }

    private mutating func write(idClass: UInt8, at model: Int) {
        let isSame = context.models[model].idClass == idClass
        bits.write(isSame ? 0 : 1, count: 1)
        if !isSame { bits.write(UInt64(idClass), count: 5) }
        if idClass <= PushContext.classLimit { context.update(model) { $0.idClass = idClass } }
    }
}
