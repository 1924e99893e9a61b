internal import CRDT

/// Reads the elements and contents of a piece's cells, class by class, with what their predictions lean on.
struct ContentReader {
    private let termClasses: [Identifier]
    private var amounts: [UInt64]
    private var hasAmounts = false
    private var identifiers: IdentifierContext?
    /// By record: the increments of the last count of the classes before.
    private var peers: [UInt64]

    init(recordCount: Int, termClasses: [Identifier]) {
        self.termClasses = termClasses
        amounts = [UInt64](repeating: 0, count: recordCount)
        peers = amounts
        identifiers = IdentifierContext(recordCount: recordCount)
    }

    mutating func read(_ columns: inout PieceColumns, _ reader: inout ColumnReader) throws(CodecError) {
        for number in columns.classes.indices where columns.classes[number].cellClass.isAmount {
            let items = try readItems(of: columns.classes[number], &reader)
            hasAmounts = true
            for (place, owner) in columns.classes[number].owners.enumerated() {
                amounts[Int(owner)] &+= items[1].numbers[place] &* items[2].numbers[place]
            }
            columns.classes[number].items = items
        }
        for number in columns.classes.indices where !columns.classes[number].cellClass.isAmount {
            columns.classes[number].items = try readItems(of: columns.classes[number], &reader)
        }
    }

    private mutating func readItems(
        of column: PieceColumns.Class, _ reader: inout ColumnReader
    ) throws(CodecError) -> [PieceColumns.Item] {
        let count = column.owners.count
        let isTuple = column.cellClass.contentCode == CellClass.ContentCode.tuple
        var hints = IntegerHints(owners: column.owners)
        if hasAmounts, !column.cellClass.isAmount { hints.amounts = amounts }
        var items = column.items
        for place in items.indices {
            let start = reader.tokens.offset
            switch items[place].code {
            case CellClass.ContentCode.integer:
                items[place].numbers = try reader.readIntegers(count, signed: true, hints)
            case CellClass.ContentCode.moment:
                items[place].numbers = try reader.readIntegers(count, signed: true)
            case CellClass.ContentCode.count:
                var hints = IntegerHints(owners: column.owners)
                hints.peers = isTuple ? nil : peers
                items[place].numbers = try reader.readIntegers(count, signed: false, hints)
                items[place].decrements = try reader.readIntegers(count, signed: false)
                guard items[place].numbers.allSatisfy({ $0 <= Limits.magnitude }),
                    items[place].decrements.allSatisfy({ $0 <= Limits.magnitude })
                else { throw .outOfRange(offset: start) }
                guard !isTuple else { continue }
                for (owner, count) in zip(column.owners, items[place].numbers) { peers[Int(owner)] = count }
            case CellClass.ContentCode.identifier:
                items[place].terms = try reader.readTerms(
                    count, .identifier, termClasses, owners: column.owners, context: &identifiers)
                let terms = items[place].terms
                identifiers?.add(terms)
                if place == 0, isTuple, let ranks = terms.ranks {
                    (hints.companions, hints.companionCount) = (ranks, terms.identifiers.count)
                }
                guard !isTuple else { continue }
                for (place, owner) in column.owners.enumerated() {
                    identifiers?.echoes[Int(owner)] = terms.identifiers[terms.index(at: place)]
                }
            case CellClass.ContentCode.text, CellClass.ContentCode.bytes:
                let role: TermColumn.Role = items[place].code == CellClass.ContentCode.text ? .text : .bytes
                var none: IdentifierContext?
                items[place].terms = try reader.readTerms(
                    count, role, termClasses, owners: column.owners, context: &none)
            default: break
            }
        }
        return items
    }
}

extension PieceColumns {
    mutating func readElements(_ termClasses: [Identifier], _ reader: inout ColumnReader) throws(CodecError) {
        for number in classes.indices {
            let count = classes[number].owners.count
            switch classes[number].cellClass.element {
            case CellClass.ElementCode.index: classes[number].indexes = try reader.readIntegers(count, signed: false)
            case CellClass.ElementCode.identifier, CellClass.ElementCode.bytes:
                let isBytes = classes[number].cellClass.element == CellClass.ElementCode.bytes
                var none: IdentifierContext?
                classes[number].elements = try reader.readTerms(
                    count, isBytes ? .bytes : .identifier, termClasses, owners: classes[number].owners, context: &none)
            default: break
            }
        }
    }

    /// The bytes of all texts and byte strings, each counted wherever it stands.
    var contentBytes: Int {
        var total = keys.reduce(0) { $0 + $1.column.contentBytes }
        for column in classes {
            total += column.elements.contentBytes
            for item in column.items { total += item.terms.contentBytes }
        }
        return total
    }
}

extension TermColumn {
    fileprivate var contentBytes: Int {
        guard !lengths.isEmpty else { return 0 }
        guard let ranks else { return lengths.reduce(0, +) }
        return ranks.reduce(0) { $0 + lengths[Int($1)] }
    }
}
