internal import CRDT

/// A column of terms as read: the values that occur, and which one stands at each place.
struct TermColumn {
    enum Role {
        case identifier, text, bytes
    }

    /// One of the three is filled, by the role.
    var identifiers: [Identifier] = []
    var texts: [String] = []
    var strings: [[UInt8]] = []
    /// By place in the column; nil if the values stand in their places.
    var ranks: [UInt32]?
    /// By value, the bytes that it holds beyond a number; empty if there are none.
    var lengths: [Int] = []

    @inline(__always)
    func index(at place: Int) -> Int {
        if let ranks { Int(ranks[place]) } else { place }
    }
}

extension ColumnReader {
    /// - Parameters:
    ///   - classes: of the piece; class n is the one at n - 1.
    ///   - echoes: by record: the last single identifier before; with the record of each place.
    mutating func readTerms(
        _ count: Int, _ role: TermColumn.Role, _ classes: [Identifier],
        echoes: (identifiers: [Identifier?], owners: [UInt32])? = nil
    ) throws(CodecError) -> TermColumn {
        guard count >= IntegerMode.smallestCount else { return try readDirect(count, role, classes).column }
        let start = tokens.offset
        let code = try tokens.readByte()
        switch TermMode(rawValue: code) {
        case nil: throw .unknownCode(UInt64(code), offset: start)
        case .direct: return try readDirect(count, role, classes).column
        case .dictionary: return try readDictionary(count, role, classes)
        case .echo:
            guard role == .identifier, let echoes else { throw .unknownCode(UInt64(code), offset: start) }
            var column = TermColumn()
            column.identifiers.reserveCapacity(count)
            for owner in echoes.owners {
                guard let identifier = echoes.identifiers[Int(owner)] else { throw .outOfRange(offset: start) }
                column.identifiers.append(identifier)
            }
            return column
        }
    }

    /// Terms that have no mode: keys.
    mutating func readDirectTerms(
        _ count: Int, _ role: TermColumn.Role, _ classes: [Identifier]
    ) throws(CodecError) -> TermColumn {
        try readDirect(count, role, classes).column
    }

    /// The prefixes and widths of a piece's terms, ascending.
    mutating func readTermClasses() throws(CodecError) -> [Identifier] {
        let count = try readCount(limit: tokens.remaining)
        var classes: [Identifier] = []
        classes.reserveCapacity(count)
        for _ in 0..<count {
            let start = tokens.offset
            let identifier = try Identifier(decodingPrefix: &tokens)
            guard classes.last.map({ $0 < identifier }) ?? true else { throw .notCanonical(offset: start) }
            classes.append(identifier)
        }
        return classes
    }

    private mutating func readDictionary(
        _ count: Int, _ role: TermColumn.Role, _ classes: [Identifier]
    ) throws(CodecError) -> TermColumn {
        let start = tokens.offset
        let distinct = try readCount(limit: count)
        var (column, entries) = try readDirect(distinct, role, classes)
        for (left, right) in zip(entries, entries.dropFirst()) {
            let ascends =
                left.kind == right.kind
                ? left.kind == 0
                    ? left.string.lexicographicallyPrecedes(right.string) : left.number < right.number
                : left.kind < right.kind
            guard ascends else { throw .notCanonical(offset: start) }
        }
        let levels = try readIntegers(distinct, signed: false)
        guard levels.allSatisfy({ $0 < RankedValues.levelLimit }) else { throw .outOfRange(offset: start) }
        let order = RankedValues.order(of: levels)
        if !column.identifiers.isEmpty { column.identifiers = order.map { column.identifiers[Int($0)] } }
        if !column.texts.isEmpty { column.texts = order.map { column.texts[Int($0)] } }
        if !column.strings.isEmpty { column.strings = order.map { column.strings[Int($0)] } }
        if !column.lengths.isEmpty { column.lengths = order.map { column.lengths[Int($0)] } }
        let ranks = try readIntegers(count, signed: false)
        guard ranks.allSatisfy({ $0 < UInt64(distinct) }) else { throw .outOfRange(offset: start) }
        column.ranks = ranks.map { UInt32(truncatingIfNeeded: $0) }
        return column
    }

    private struct DirectEntry {
        let kind: Int
        var number: UInt64 = 0
        var string = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private mutating func readDirect(
        _ count: Int, _ role: TermColumn.Role, _ classes: [Identifier]
    ) throws(CodecError) -> (column: TermColumn, entries: [DirectEntry]) {
        let start = tokens.offset
        let kinds = try readIntegers(count, signed: false)
        guard kinds.allSatisfy({ $0 <= UInt64(classes.count) }) else { throw .outOfRange(offset: start) }
        let stringCount = kinds.count { $0 == 0 }
        let numbers = try readIntegers(count - stringCount, signed: false)
        let lengths = try readIntegers(stringCount, signed: false)
        var entries: [DirectEntry] = []
        entries.reserveCapacity(count)
        var (nextNumber, nextString) = (0, 0)
        for kind in kinds {
            var entry = DirectEntry(kind: Int(kind))
            if kind == 0 {
                let length = lengths[nextString]
                guard length <= UInt64(Limits.valueBytes) else {
                    throw .oversized(length, limit: UInt64(Limits.valueBytes), offset: start)
                }
                entry.string = try tokens.readRaw(Int(length))
                nextString += 1
            } else {
                entry.number = numbers[nextNumber]
                nextNumber += 1
            }
            entries.append(entry)
        }
        var column = TermColumn()
        try fill(&column, with: entries, role, classes, at: start)
        if stringCount > 0 { column.lengths = entries.map(\.string.count) }
        return (column, entries)
    }

    private func fill(
        _ column: inout TermColumn, with entries: [DirectEntry], _ role: TermColumn.Role, _ classes: [Identifier],
        at offset: Int
    ) throws(CodecError) {
        switch role {
        case .identifier:
            column.identifiers.reserveCapacity(entries.count)
            for entry in entries { column.identifiers.append(try identifier(entry, classes, at: offset)) }
        case .text:
            column.texts.reserveCapacity(entries.count)
            for entry in entries { column.texts.append(try text(entry, classes, at: offset)) }
        case .bytes:
            column.strings.reserveCapacity(entries.count)
            for entry in entries {
                guard entry.kind == 0 else { throw .unknownCode(UInt64(entry.kind), offset: offset) }
                column.strings.append(Array(entry.string))
            }
        }
    }

    private func identifier(
        _ entry: DirectEntry, _ classes: [Identifier], at offset: Int
    ) throws(CodecError) -> Identifier {
        if entry.kind > 0 {
            guard let identifier = classes[entry.kind - 1].renumbered(entry.number) else { throw .outOfRange(offset: offset) }
            return identifier
        }
        guard let text = String(validating: entry.string, as: UTF8.self) else { throw .notText(offset: offset) }
        guard let identifier = Identifier(text), identifier.numbered == nil else { throw .notCanonical(offset: offset) }
        return identifier
    }

    private func text(_ entry: DirectEntry, _ classes: [Identifier], at offset: Int) throws(CodecError) -> String {
        if entry.kind > 0 { return try identifier(entry, classes, at: offset).description }
        guard let text = String(validating: entry.string, as: UTF8.self) else { throw .notText(offset: offset) }
        if text.utf8.count <= Identifier.byteLimit, let packed = Identifier(text), packed.numbered != nil {
            throw .notCanonical(offset: offset)
        }
        return text
    }
}
