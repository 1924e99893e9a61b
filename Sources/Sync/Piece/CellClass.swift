internal import CRDT

/// What alike cells share, and so what their columns are kept by: collection, field, kind of element, shape of content.
struct CellClass: Hashable, Comparable {
    /// Collection above field above element.
    let head: UInt64
    /// The content's code in the lowest 4 bits; for a tuple the number of its items in the next 5, then 3 bits an item.
    let content: UInt64

    enum ElementCode {
        /// The field is one slot.
        static let none: UInt64 = 0
        /// The index after the field's last one in this record; 0 at the field's first.
        static let next: UInt64 = 1
        static let index: UInt64 = 2
        /// The slot of the cell before: another cell in it.
        static let sameSlot: UInt64 = 3
        static let identifier: UInt64 = 4
        static let bytes: UInt64 = 5
    }

    enum ContentCode {
        static let removed: UInt64 = 0
        static let held: UInt64 = 1
        static let empty: UInt64 = 2
        static let integer: UInt64 = 3
        static let count: UInt64 = 4
        static let moment: UInt64 = 5
        static let text: UInt64 = 6
        static let bytes: UInt64 = 7
        static let identifier: UInt64 = 8
        static let tuple: UInt64 = 9
    }

    /// (identifier, integer, integer): something, how many, at what price.
    static let amountContent: UInt64 =
        ContentCode.tuple | 3 << 4 | item(ContentCode.identifier, at: 0) | item(ContentCode.integer, at: 1)
        | item(ContentCode.integer, at: 2)

    @inline(__always)
    static func head(collection: UInt16, field: UInt32, element: UInt64) -> UInt64 {
        UInt64(collection) << 32 | UInt64(field) << 3 | element
    }

    /// An item's code is the content's, less 2.
    @inline(__always)
    static func item(_ code: UInt64, at index: Int) -> UInt64 { (code - 2) << UInt64(9 + 3 * index) }

    var collection: UInt16 { UInt16(truncatingIfNeeded: head >> 32) }
    var field: UInt32 { UInt32(truncatingIfNeeded: head) >> 3 }
    var element: UInt64 { head & 7 }
    var contentCode: UInt64 { content & 15 }
    var isAmount: Bool { content == Self.amountContent }
    /// Whether a cell may be followed by alike ones.
    var repeats: Bool { element != ElementCode.none }

    /// The codes of the values that a cell holds: one, those of a tuple, or none.
    var items: [UInt64] {
        switch contentCode {
        case ContentCode.removed, ContentCode.held: []
        case ContentCode.tuple: (0..<(content >> 4 & 31)).map { content >> (9 + 3 * $0) & 7 + 2 }
        default: [contentCode]
        }
    }

    /// The shape of the values that cells hold; of marks and held cells nothing is asked.
    var valueShape: ValueShape {
        let kinds = items.map { item -> ValueShape.Kind in
            switch item {
            case ContentCode.integer: .integer
            case ContentCode.count: .count
            case ContentCode.moment: .moment
            case ContentCode.text: .text
            case ContentCode.bytes: .bytes
            case ContentCode.identifier: .identifier
            default: .empty
            }
        }
        // Of marks there is no item, as of an empty tuple.
        return ValueShape(kinds, isTuple: contentCode == ContentCode.tuple || kinds.isEmpty)
    }

    static func < (left: CellClass, right: CellClass) -> Bool {
        left.head == right.head ? left.content < right.content : left.head < right.head
    }
}

extension CellClass {
    /// The code of a content's shape; nil for one that no valid cell has.
    @inline(__always)
    static func content(of content: Cell.Content) -> UInt64? {
        switch content {
        case .removed: return ContentCode.removed
        case .held: return ContentCode.held
        case .value(.tuple(let items)):
            guard items.count <= Limits.tupleItems else { return nil }
            var code = ContentCode.tuple | UInt64(items.count) << 4
            for (index, value) in items.enumerated() {
                let item = scalar(value)
                guard item != ContentCode.tuple else { return nil }
                code |= Self.item(item, at: index)
            }
            return code
        case .value(let value): return scalar(value)
        }
    }

    @inline(__always)
    private static func scalar(_ value: Value) -> UInt64 {
        switch value {
        case .empty: ContentCode.empty
        case .integer: ContentCode.integer
        case .count: ContentCode.count
        case .moment: ContentCode.moment
        case .text: ContentCode.text
        case .bytes: ContentCode.bytes
        case .identifier: ContentCode.identifier
        case .tuple: ContentCode.tuple
        }
    }
}

extension ColumnWriter {
    /// Classes ascending, each relative to the one before.
    ///
    ///     class   byte: element | content code << 3 | other collection << 7
    ///             [collection, less the last one] field, less the last one of the collection
    ///             [for a tuple: a byte that counts its items, a byte of content code for each]
    mutating func write(classes: [CellClass]) {
        write(number: UInt64(classes.count))
        var (collection, field): (UInt16, UInt32) = (0, 0)
        for cellClass in classes {
            let isOther = cellClass.collection != collection
            tokens.write(byte: UInt8(cellClass.element | cellClass.contentCode << 3 | (isOther ? 0x80 : 0)))
            if isOther { write(number: UInt64(cellClass.collection - collection)) }
            write(number: UInt64(cellClass.field - (isOther ? 0 : field)))
            (collection, field) = (cellClass.collection, cellClass.field)
            guard cellClass.contentCode == CellClass.ContentCode.tuple else { continue }
            let items = cellClass.items
            tokens.write(byte: UInt8(items.count))
            for item in items { tokens.write(byte: UInt8(item)) }
        }
    }
}

extension ColumnReader {
    mutating func readClasses() throws(CodecError) -> [CellClass] {
        let count = try readCount(limit: tokens.remaining)
        var classes: [CellClass] = []
        classes.reserveCapacity(count)
        var (collection, field): (UInt64, UInt64) = (0, 0)
        for _ in 0..<count {
            let start = tokens.offset
            let code = UInt64(try tokens.readByte())
            if code & 0x80 != 0 {
                let gap = try readNumber()
                guard gap > 0 else { throw .notCanonical(offset: start) }
                (collection, field) = (collection &+ gap, 0)
                guard collection <= UInt64(UInt16.max) else { throw .outOfRange(offset: start) }
            }
            field = field &+ (try readNumber())
            let (element, contentCode) = (code & 7, code >> 3 & 15)
            guard field < UInt64(Limits.field) else { throw .outOfRange(offset: start) }
            guard element <= CellClass.ElementCode.bytes, contentCode <= CellClass.ContentCode.tuple else {
                throw .unknownCode(code, offset: start)
            }
            let next = CellClass(
                head: collection << 32 | field << 3 | element,
                content: contentCode == CellClass.ContentCode.tuple ? try readTuple() : contentCode)
            guard classes.last.map({ $0 < next }) ?? true else { throw .notCanonical(offset: start) }
            classes.append(next)
        }
        return classes
    }

    private mutating func readTuple() throws(CodecError) -> UInt64 {
        let start = tokens.offset
        let count = UInt64(try tokens.readByte())
        guard count <= UInt64(Limits.tupleItems) else {
            throw .oversized(count, limit: UInt64(Limits.tupleItems), offset: start)
        }
        var content = CellClass.ContentCode.tuple | count << 4
        for index in 0..<Int(count) {
            let code = UInt64(try tokens.readByte())
            guard (CellClass.ContentCode.empty..<CellClass.ContentCode.tuple).contains(code) else {
                throw .unknownCode(code, offset: tokens.offset - 1)
            }
            content |= CellClass.item(code, at: index)
        }
        return content
    }
}
