import CRDT
import Replica
import Sync
import Testing

/// The format cannot change unnoticed: these bytes are those of `Protocol/delta-encoding.md`.
@Suite struct PieceGoldenTests {
    static let store = Origin(member: 1, incarnation: 7)
    static let headquarters = Origin(member: 0, incarnation: 5)

    static let header = DeltaHeader(
        scope: Scope(.books, of: 1), base: Cut(),
        cut: Cut([
            (headquarters, ChainPoint(sequence: 4, hash: Hash128(high: 1, low: 2))),
            (store, ChainPoint(sequence: 900, hash: Hash128(high: 3, low: 4))),
        ]),
        horizon: VersionVector(), runs: [RunSpan(origin: store, from: 1, high: 5, low: 6)])

    /// An order of two lines that was settled at the headquarters, and a count with a touch mark.
    static func records() throws -> [DeltaRecord] {
        let placed = Version(dot: Dot(origin: store, sequence: 800), stamp: HLC(milliseconds: 1_740_000_000_000))
        let settled = Version(dot: Dot(origin: headquarters, sequence: 4), stamp: HLC(rawValue: 114_032_640_098_304_003))
        let customer = try #require(Identifier("C0000042"))
        let skus = try ["P00017", "P00016"].map { try #require(Identifier($0)) }
        func cell(
            _ field: UInt32, _ version: Version, _ content: Cell.Content, in element: Element = .none
        ) -> Cell {
            Cell(slot: SlotKey(field: field, element: element), dot: version.dot, stamp: version.stamp, content: content)
        }
        func line(_ sku: Identifier, _ quantity: Int64, _ price: Int64) -> Cell.Content {
            .value(.tuple([.identifier(sku), .integer(quantity), .integer(price)]))
        }
        let order = try DeltaRecord(
            key: RecordKey(scope: header.scope, collection: 10, id: try #require(Identifier("S001-0000123"))),
            cells: [
                cell(1, placed, .value(.identifier(customer))), cell(2, placed, .value(.text("card"))),
                cell(3, placed, .value(.integer(1300))), cell(4, placed, .value(.moment(1_740_000_000_000))),
                cell(5, settled, .value(.integer(3))), cell(6, placed, line(skus[0], 2, 400), in: .index(0)),
                cell(6, placed, line(skus[1], 1, 500), in: .index(1)),
            ])
        let counted = Version(dot: Dot(origin: store, sequence: 801), stamp: .none)
        let points = try DeltaRecord(
            key: RecordKey(scope: header.scope, collection: 12, id: customer),
            cells: [
                cell(1, counted, .value(.count(Count(increments: 13, decrements: 1)))),
                cell(2, counted, .removed, in: .identifier(skus[1])), cell(3, counted, .held),
            ])
        return [order, points]
    }

    static let encodedHeader = """
        0a0000020000000000000005040000000000000001000000000000000200000100000000078384000000000000000300000000000000040001
        00000100000000070100000000000000050000000000000006
        """

    @Test func `the header gives its bytes, and they give the header`() throws {
        var writer = ByteWriter()
        Self.header.encode(into: &writer)
        #expect(writer.bytes.hex == [UInt8](hex: Self.encodedHeader).hex)
        let decoded = try [UInt8](hex: Self.encodedHeader).withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            return try DeltaHeader(decoding: &reader)
        }
        #expect(decoded == Self.header)
    }

    static let piece = """
        10fe6756a46502031e50204368533030312d09c00a013001180128011801490103080303a002010401080102060001020002
        00020002010202030c01020002000001037b022a010001c50000880301c50008878501100101111004028585022a00046361
        72648800060d0100f029402ab8ffbfa700a9000901414711
        """

    @Test func `two records give these bytes`() throws {
        let pieces = try Delta(header: Self.header, records: try Self.records()).pieces()
        #expect(pieces.map(\.hex) == [[UInt8](hex: Self.piece).hex])
    }

    @Test func `these bytes give two records`() throws {
        #expect(try PieceDecoder(Self.header).decode([UInt8](hex: Self.piece)) == Self.records())
    }
}
