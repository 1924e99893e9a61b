import CRDT
import Replica
import Simulation
import Sync
import Testing

@Suite struct PieceRoundTripTests {
    @Test(arguments: 0..<400 as Range<UInt64>)
    func `random deltas come back as they were`(seed: UInt64) throws {
        var random = RandomDelta(seed: seed)
        let delta = try random.delta(records: random.number(below: seed % 10 == 0 ? 300 : 20) + 1)
        let pieces = try delta.pieces()
        #expect(try delta.header.records(of: pieces) == delta.records, "seed \(seed)")
        #expect(try delta.pieces() == pieces, "seed \(seed)")
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `a record's cells come back as they went in`(seed: UInt64) throws {
        var random = RandomDelta(seed: seed &+ 2000)
        let header = random.header(reach: .namedSlots)
        let cells = random.cells(upTo: 60, header)
        let key = RecordKey(scope: header.scope, collection: 1, id: Identifier(number: 1, digits: 4))
        let record = try DeltaRecord(key: key, cells: cells)
        #expect(try record.cells() == cells, "seed \(seed)")
        let pieces = try Delta(header: header, records: [record]).pieces()
        #expect(try header.records(of: pieces).map { try $0.cells() } == [cells], "seed \(seed)")
    }

    @Test func `an empty piece has no records`() throws {
        var random = RandomDelta(seed: 1)
        let header = try random.delta(records: 1).header
        let piece = try PieceEncoder(header).encode([])
        #expect(piece.next == 0)
        #expect(try PieceDecoder(header).decode(piece.bytes).isEmpty)
    }

    @Test(arguments: [1, 7, 100, 5000])
    func `records are cut into pieces that decode in any order`(cellTarget: Int) throws {
        var random = RandomDelta(seed: 5)
        let delta = try random.delta(records: 200)
        let pieces = try delta.pieces(cellTarget: cellTarget)
        let decoder = try PieceDecoder(delta.header)
        let backwards = try pieces.reversed().map { try decoder.decode($0) }
        #expect(backwards.reversed().flatMap(\.self) == delta.records)
        #expect(cellTarget > 1 || pieces.count == delta.records.count)
    }

    @Test func `a generated chain's deltas come back as they were, and join into the same state`() throws {
        let chain = try TestChain(.tiny)
        for round in 0..<chain.roundCount { try chain.run(round: round) }
        let deltas = try chain.deltas()
        let twin = try chain.empty(member: 77)
        for delta in deltas {
            let records = try delta.header.records(of: try delta.pieces())
            #expect(records == delta.records)
            try twin.join([Delta(header: delta.header, records: records)], at: .max / 2)
        }
        for scope in chain.headquarters.heldScopes { #expect(twin.digest(of: scope) == chain.headquarters.digest(of: scope)) }
    }

    @Test func `deltas beyond a cut come back with the cells that are held`() throws {
        let chain = try TestChain(.tiny)
        try chain.run(round: 0)
        var cuts: [Scope: Cut] = [:]
        for scope in chain.headquarters.heldScopes { cuts[scope] = chain.headquarters.cut(of: scope) }
        for round in 1..<chain.roundCount { try chain.run(round: round) }
        var held = 0
        for delta in try chain.deltas(beyond: cuts) {
            #expect(try delta.header.records(of: try delta.pieces()) == delta.records)
            held += try delta.records.flatMap { try $0.cells() }.count { $0.content == .held }
        }
        #expect(held > 0)
    }

    @Test func `a small chain's full deltas take less than 35 bytes an order`() throws {
        let chain = try TestChain(.small, rounds: 2)
        for round in 0..<chain.roundCount { try chain.run(round: round) }
        let bytes = try chain.deltas().reduce(0) { try $0 + $1.pieces().reduce(0) { $0 + $1.count } }
        #expect(bytes < 35 * 10_000)
    }
}
