import CRDT
import Replica
import Sync
import Testing

/// The format cannot change unnoticed: these bytes are those of `Protocol/push-encoding.md`.
@Suite struct PushGoldenTests {
    static let scope = Scope(.stock, of: 1)
    static let store = Origin(member: 1, incarnation: 7)
    static let run = RunSpan(origin: store, from: 1, high: 5, low: 6)

    /// A transaction that brings a count to some increments, as a delta for whoever holds the one before.
    static func delta(_ sequence: UInt64, after base: Cut, increments: UInt64) throws -> Delta {
        let dot = Dot(origin: store, sequence: sequence)
        let key = RecordKey(scope: scope, collection: 20, id: try #require(Identifier("P00016")))
        let count = Cell.Content.value(.count(Count(increments: increments)))
        let record = try DeltaRecord(
            key: key, cells: [Cell(slot: SlotKey(field: 1), dot: dot, stamp: .none, content: count)])
        var link = ChainLink(dot, stamp: .none, run: Hash128(high: run.high, low: run.low))
        link.add(record)
        let hash = link.hash(after: base[store]?.hash ?? .zero, by: try ChainHasher())
        let cut = Cut([(store, ChainPoint(sequence: sequence, hash: hash))])
        return Delta(
            header: DeltaHeader(scope: scope, base: base, cut: cut, horizon: VersionVector(), runs: [run]),
            records: [record])
    }

    @Test func `two pushes give their bytes, and they give the deltas`() throws {
        let first = try Self.delta(1, after: Cut(), increments: 3)
        let second = try Self.delta(2, after: first.header.cut, increments: 5)
        #expect(first.header.cut[Self.store]?.hash.description == "38be1fa96b5aa22760f2614a25aae65b")
        #expect(second.header.cut[Self.store]?.hash.description == "cbf523e081f33d2e43b3b0cdfdc84f0b")
        var stream = try PushStream()
        let pushes = try [stream.carry([first]).hex, stream.carry([second]).hex]
        #expect(pushes[0] == "21ec45b47b590000400e000000000200006454000000000000006000000000000000f0470110c81f28f98005")
        #expect(pushes[1] == "20d12a413789307101")
    }
}
