import CRDT

extension SeededRandom {
    /// A value of any shape, within the limits.
    mutating func value(inTuple: Bool = false) -> Value {
        switch below(inTuple ? 7 : 8) {
        case 0: .empty
        case 1: .integer(Int64(bitPattern: anyLength()))
        case 2: .count(Count(increments: anyLength() >> 16, decrements: chance(50) ? Limits.magnitude : anyLength() >> 16))
        case 3:
            .moment(
                pick([
                    0, Limits.momentMagnitude, -Limits.momentMagnitude, Int64(anyLength() >> 12), -Int64(anyLength() >> 12),
                ]))
        case 4: .text(text())
        case 5: .bytes(bytes(below(70)))
        case 6: .identifier(identifier())
        default: .tuple((0..<below(Limits.tupleItems + 1)).map { _ in value(inTuple: true) })
        }
    }

    mutating func text() -> String {
        String((0..<below(12)).map { _ in pick(["a", "0", "\u{e9}", "e\u{301}", "\u{1F3DD}", "\0", "\u{7F}", "\u{80}"]) })
    }

    /// An id of any form.
    mutating func identifier() -> Identifier {
        let prefix = pick(["", "P", "S000-", "1a", "prefix!", "prefixes", "\u{e9}", "\u{E9}9-", "\0"])
        let digits = String((0..<below(22)).map { _ in pick(["0", "1", "9"] as [Character]) })
        let length = pick([0, 0, 0, 0, 45, 64])
        let padding = String(repeating: "x", count: max(0, length - prefix.utf8.count - digits.utf8.count))
        return Identifier(padding + prefix + digits) ?? Identifier(number: 7, digits: 1)
    }

    mutating func element() -> Element {
        switch below(6) {
        case 0: .none
        case 1: .index(anyLength())
        case 2, 3: .index(UInt64(below(6)))
        case 4: .identifier(identifier())
        default: .bytes(bytes(below(5)))
        }
    }

    /// The cells that one transaction may leave in a record.
    mutating func group(at version: Version, upTo count: Int = 12) -> [Cell] {
        let fields: [UInt32] = [0, 1, 2, 3, 8, 9, 40, 500, Limits.field - 1, UInt32(below(Int(Limits.field)))]
        let slots = Set((0..<below(count + 1)).map { _ in SlotKey(field: pick(fields), element: element()) })
        var last = Value.empty
        return slots.sorted().map { slot in
            if chance(60) { last = value() }
            return Cell(
                slot: slot, dot: version.dot, stamp: version.stamp, content: chance(15) ? .removed : .value(last))
        }
    }
}

extension Version {
    /// A version for cells that only a codec sees.
    static func sample(milliseconds: Int64) -> Version {
        Version(dot: Dot(origin: Origin(member: 1, incarnation: 1), sequence: 1), stamp: HLC(milliseconds: milliseconds))
    }
}

extension CellGroup {
    static func bytes(_ cells: [Cell]) -> [UInt8] {
        var writer = ByteWriter()
        if let dot = cells.first?.dot { encode(cells, of: dot, into: &writer) }
        return writer.bytes
    }

    static func cells(_ bytes: [UInt8], at version: Version) throws(CodecError) -> [Cell] {
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(CodecError) in
                var reader = ByteReader(raw)
                var cells: [Cell] = []
                try decode(&reader, dot: version.dot, stamp: version.stamp, appendingTo: &cells)
                return cells
            }
        }
        return try result.get()
    }

    /// Throws a `Mismatch` if bytes are neither refused with a reason nor the one spelling of valid cells.
    ///
    /// - Returns: whether they were accepted.
    @discardableResult
    static func checkRefusedOrCanonical(_ bytes: [UInt8], at version: Version) throws -> Bool {
        guard let cells = try? cells(bytes, at: version) else { return false }
        try expectEqual(Self.bytes(cells), bytes, "second spelling of \(cells)")
        Record(sortedCells: cells).checkInvariants()
        for cell in cells where !(cell.value?.isWithinLimits ?? true) || cell.slot.field >= Limits.field {
            throw Mismatch("accepted beyond the limits: \(cell)")
        }
        return true
    }
}
