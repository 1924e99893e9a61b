import CRDT
import Testing

/// Whoever writes a group out of the parts of its cells writes what whoever has the cells does.
@Suite struct CellGroupWriterTests {
    private static let version = Version(
        dot: Dot(origin: Origin(member: 3, incarnation: 7), sequence: 5), stamp: HLC(milliseconds: 1_780_000_000_000))

    private static func id(_ text: String) throws -> Value { .identifier(try #require(Identifier(text))) }

    /// Each shape follows one of its own, one that differs in its ids only, and others; a mark stands between.
    private static func contents() throws -> [Cell.Content] {
        let values: [Value] = [
            .integer(-1), .integer(.max), .empty, .empty, .text("EUR"), .text(""), .bytes([1, 2]), .bytes([]),
            .count(Count(increments: 3)), .count(Count(increments: 3, decrements: 1 << 40)),
            .moment(1_780_000_000_001), .moment(-5), try id("P00012"), try id("P00013"), try id("P012"), try id("Q012"),
            try id("vip"), try id("gold"), .tuple([]), .tuple([]),
            .tuple([try id("P00012"), .integer(2), .integer(995)]), .tuple([try id("P00013"), .integer(1), .integer(5)]),
            .tuple([try id("vip"), .integer(2), .integer(995)]), .tuple([try id("P00012"), try id("S1"), .text("x")]),
            .tuple([try id("P00012"), try id("S22"), .text("x")]), .tuple([try id("P00013"), try id("S22"), .text("")]),
            .tuple([.integer(1)]), .integer(1),
            .tuple([.empty, .moment(1_780_000_000_000), .bytes([9]), .count(Count(increments: 1))]),
        ]
        return [.removed] + values.prefix(9).map(Cell.Content.value) + [.removed] + values.map(Cell.Content.value)
    }

    /// One field after another, near and far; some of many elements.
    private static func slots(_ count: Int) throws -> [SlotKey] {
        let elements: [Element] = [
            .none, .index(0), .index(1), .index(2), .index(9), .index(10), .identifier(try #require(Identifier("P00012"))),
            .identifier(try #require(Identifier("P00013"))), .bytes([]), .bytes([7, 7]),
        ]
        let fields: [UInt32] = [0, 1, 2, 8, 9, 300, Limits.field - 1]
        let slots = fields.flatMap { field in elements.map { SlotKey(field: field, element: $0) } }.sorted()
        return Array(slots.prefix(count))
    }

    private static func write(_ cell: Cell, by writer: inout CellGroupWriter) {
        guard case .value(let value) = cell.content else { return writer.writeMark(cell.slot) }
        let items = if case .tuple(let items) = value { items } else { [value] }
        let isTuple = if case .tuple = value { true } else { false }
        for case .identifier(let identifier) in items { writer.name(identifier) }
        writer.beginValue(cell.slot, ValueShape(items.map(kind), isTuple: isTuple))
        for item in items {
            switch item {
            case .empty, .tuple: break
            case .integer(let integer): writer.write(integer: integer)
            case .moment(let time): writer.write(integer: time - cell.stamp.milliseconds)
            case .count(let count): writer.write(count)
            case .text(let text): writer.write(text)
            case .bytes(let bytes): writer.write(bytes)
            case .identifier(let identifier): writer.write(identifier)
            }
        }
    }

    private static func kind(of item: Value) -> ValueShape.Kind {
        switch item {
        case .empty, .tuple: .empty
        case .integer: .integer
        case .moment: .moment
        case .count: .count
        case .text: .text
        case .bytes: .bytes
        case .identifier: .identifier
        }
    }

    @Test func `parts and whole cells are written alike, also by a writer that has written before`() throws {
        let contents = try Self.contents()
        let cells = zip(try Self.slots(contents.count), contents).map {
            Cell(slot: $0, dot: Self.version.dot, stamp: Self.version.stamp, content: $1)
        }
        #expect(cells.count == contents.count)
        var writer = CellGroupWriter()
        for first in cells.indices {
            writer.begin()
            for cell in cells[first...] { Self.write(cell, by: &writer) }
            var whole = ByteWriter()
            CellGroup.encode(Array(cells[first...]), of: Self.version.dot, into: &whole)
            #expect(writer.bytes == whole.bytes, "from cell \(first)")
        }
    }
}
