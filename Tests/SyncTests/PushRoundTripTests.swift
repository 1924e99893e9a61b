import CRDT
import Replica
import Retail
import Simulation
import Sync
import Testing

@Suite struct PushRoundTripTests {
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `what replicas of a working chain push comes out as it went in`(seed: UInt64) throws {
        var shop = try PushShop(seed: seed, members: 3)
        var streams = try (0..<4).map { _ in try PushStream() }
        for step in 0..<120 {
            let member = shop.number(3)
            for _ in 0..<(shop.number(4) == 0 ? 3 : 1) { try shop.work(at: member) }
            if step % 40 == 17 { try shop.reopen(member) }
            if step == 70 { try shop.reincarnate(1) }
            // Both stores push to the headquarters, and are told by them.
            let (stream, source, target) = [(0, 1, 0), (1, 2, 0), (2, 0, 1), (3, 0, 2)][shop.number(4)]
            let deltas = try streams[stream].news(of: shop.replicas[source])
            guard deltas.allSatisfy({ $0.header.reach == .namedSlots }) else { continue }
            try streams[stream].carry(deltas, "seed \(seed), step \(step)")
            try shop.join(deltas, at: target)
        }
        #expect(streams.allSatisfy { $0.sending != PushContext() }, "seed \(seed)")
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `a hash that is not told follows from each transaction when it is pushed alone`(seed: UInt64) throws {
        var shop = try PushShop(seed: seed &+ 100, members: 1)
        var stream = try PushStream()
        let hasher = try ChainHasher()
        var derived = 0
        for step in 0..<60 {
            try shop.work(at: 0)
            let deltas = try stream.news(of: shop.replicas[0])
            for delta in deltas {
                let stamp = deltas.lazy.flatMap(\.records).compactMap { try? $0.cells().map(\.stamp).max() }.max() ?? .none
                for (origin, point) in delta.header.cut.points {
                    let run = try #require(delta.header.runs.last { $0.origin == origin })
                    let before = delta.header.base[origin]
                    #expect(point.sequence == (before?.sequence ?? 0) + 1)
                    var link = ChainLink(
                        Dot(origin: origin, sequence: point.sequence), stamp: stamp,
                        run: Hash128(high: run.high, low: run.low))
                    for record in delta.records { link.add(record) }
                    // Points that are added without an order bear no stamp anywhere.
                    guard stamp != .none else { continue }
                    #expect(link.hash(after: before?.hash ?? .zero, by: hasher) == point.hash, "seed \(seed), step \(step)")
                    derived += 1
                }
            }
            try stream.carry(deltas, "seed \(seed), step \(step)")
        }
        #expect(derived > 40)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `deltas of any form come out as they went in`(seed: UInt64) throws {
        var random = RandomDelta(seed: seed)
        var stream = try PushStream()
        for round in 0..<6 {
            let (delta, basis) = try random.pushed(records: random.number(below: 12) + 1)
            stream.told[delta.header.scope] = basis
            stream.heard[delta.header.scope] = basis
            try stream.carry([delta], "seed \(seed), round \(round)")
        }
    }

    @Test func `two ends stay in step over a thousand pushes, and remember within bounds`() throws {
        var shop = try PushShop(seed: 5, members: 1)
        var stream = try PushStream()
        var contexts: Set<PushContext> = []
        for step in 0..<1000 {
            try shop.work(at: 0)
            let deltas = try stream.news(of: shop.replicas[0])
            try stream.carry(deltas, "step \(step)")
            contexts.insert(stream.sending)
        }
        // A push of nothing is one, too: its checksum goes on.
        #expect(contexts.count == 1000)
    }

    @Test func `a sender that begins anew is understood, and a receiver that was not told is not`() throws {
        var shop = try PushShop(seed: 6, members: 1)
        var stream = try PushStream()
        for _ in 0..<20 {
            try shop.sell(at: 0)
            try stream.carry(try stream.news(of: shop.replicas[0]))
        }
        stream.sending = PushContext()
        try shop.sell(at: 0)
        try stream.carry(try stream.news(of: shop.replicas[0]))
        try shop.sell(at: 0)
        let push = try stream.encode(try stream.news(of: shop.replicas[0]))
        stream.receiving = PushContext()
        #expect(throws: PushError.unknownFormat(0x20)) { try stream.decode(push) }
    }
}
