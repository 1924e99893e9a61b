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

    mutating func reorder(_ order: [UInt32]) {
        if !identifiers.isEmpty { identifiers = order.map { identifiers[Int($0)] } }
        if !texts.isEmpty { texts = order.map { texts[Int($0)] } }
        if !strings.isEmpty { strings = order.map { strings[Int($0)] } }
        if !lengths.isEmpty { lengths = order.map { lengths[Int($0)] } }
    }

    @inline(__always)
    func index(at place: Int) -> Int {
        if let ranks { Int(ranks[place]) } else { place }
    }
}

/// What columns of identifiers may be predicted from: the columns before.
struct IdentifierContext {
    /// By record: the last single identifier of the classes before.
    var echoes: [Identifier?]
    private var columns: [TermColumn] = []
    private var places: [Identifier: UInt32] = [:]
    private var identifiers: [Identifier] = []

    init(recordCount: Int) {
        echoes = [Identifier?](repeating: nil, count: recordCount)
    }

    /// Echoes bring nothing new, but are harmless.
    mutating func add(_ column: TermColumn) {
        columns.append(column)
    }

    /// All identifiers of the columns so far; put in order only when a column asks for it.
    mutating func identifiersByFirstUse() -> [Identifier] {
        for column in columns {
            guard let ranks = column.ranks else {
                for identifier in column.identifiers { note(identifier) }
                continue
            }
            var isNoted = [Bool](repeating: false, count: column.identifiers.count)
            for rank in ranks where !isNoted[Int(rank)] {
                isNoted[Int(rank)] = true
                note(column.identifiers[Int(rank)])
            }
        }
        columns = []
        return identifiers
    }

    private mutating func note(_ identifier: Identifier) {
        guard places[identifier] == nil else { return }
        places[identifier] = UInt32(identifiers.count)
        identifiers.append(identifier)
    }
}

extension ColumnReader {
    /// - Parameters:
    ///   - classes: of the piece; class n is the one at n - 1.
    ///   - context: what identifiers may be predicted from; nil for other roles.
    mutating func readTerms(
        _ count: Int, _ role: TermColumn.Role, _ classes: [Identifier], owners: [UInt32],
        context: inout IdentifierContext?
    ) throws(CodecError) -> TermColumn {
        guard count >= IntegerMode.smallestCount else { return try readDirect(count, role, classes).column }
        let start = tokens.offset
        let code = try tokens.readByte()
        switch (TermMode(rawValue: code), context) {
        case (.direct, _): return try readDirect(count, role, classes).column
        case (.dictionary, _): return try readDictionary(count, role, classes, owners: owners, byUse: true)
        case (.sorted, _): return try readDictionary(count, role, classes, owners: owners, byUse: false)
        case (.echo, let known?):
            var column = TermColumn()
            column.identifiers.reserveCapacity(count)
            for owner in owners {
                guard let identifier = known.echoes[Int(owner)] else { throw .outOfRange(offset: start) }
                column.identifiers.append(identifier)
            }
            return column
        case (.known, _?): return try readKnown(count, classes, owners, &context)
        default: throw .unknownCode(UInt64(code), offset: start)
        }
    }

    private mutating func readKnown(
        _ count: Int, _ classes: [Identifier], _ owners: [UInt32], _ context: inout IdentifierContext?
    ) throws(CodecError) -> TermColumn {
        let start = tokens.offset
        let places = try readIntegers(count, signed: false, IntegerHints(owners: owners))
        var column = TermColumn()
        column.identifiers = context?.identifiersByFirstUse() ?? []
        let known = UInt64(column.identifiers.count)
        guard known <= UInt64(count * TermMode.knownFactor) else { throw .notCanonical(offset: start) }
        var end = known
        for place in places {
            guard place <= end else { throw .notCanonical(offset: start) }
            if place == end { end += 1 }
        }
        let new = try readDirect(Int(end - known), .identifier, classes).column
        column.identifiers.append(contentsOf: new.identifiers)
        if !new.lengths.isEmpty || column.identifiers.contains(where: { $0.numbered == nil }) {
            column.lengths = column.identifiers.map { $0.textBytes?.count ?? 0 }
        }
        column.ranks = places.map { UInt32(truncatingIfNeeded: $0) }
        return column
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
        _ count: Int, _ role: TermColumn.Role, _ classes: [Identifier], owners: [UInt32], byUse: Bool
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
        if byUse {
            let levels = try readIntegers(distinct, signed: false)
            guard levels.allSatisfy({ $0 < RankedValues.levelLimit }) else { throw .outOfRange(offset: start) }
            column.reorder(RankedValues.order(of: levels))
        }
        let ranks = try readIntegers(count, signed: false, byUse ? .none : IntegerHints(owners: owners))
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
