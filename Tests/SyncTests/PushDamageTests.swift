import CRDT
import Replica
import Simulation
import Sync
import Testing

/// Bytes that nobody vouches for: refused with a typed error, or understood as what they were.
@Suite struct PushDamageTests {
    /// A stream that has carried some pushes, and the next one with what it says.
    private func specimen(seed: UInt64) throws -> (PushStream, push: [UInt8], [Delta]) {
        var shop = try PushShop(seed: seed, members: 1)
        var stream = try PushStream()
        for _ in 0..<seed % 8 {
            try shop.work(at: 0)
            try stream.carry(try stream.news(of: shop.replicas[0]))
        }
        try shop.sell(at: 0)
        try shop.work(at: 0)
        let deltas = try stream.news(of: shop.replicas[0])
        return (stream, try stream.encode(deltas), deltas)
    }

    /// Decodes; whatever is not a `PushError` fails the test.
    private func decode(_ push: [UInt8], _ stream: PushStream) -> [Delta]? {
        var context = stream.receiving
        do throws(PushError) {
            return try stream.decoder.decode(push, known: { stream.heard[$0] ?? PushBasis() }, &context)
        } catch {
            return nil
        }
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func `every truncation of a push is refused`(seed: UInt64) throws {
        let (stream, push, deltas) = try specimen(seed: seed)
        for count in push.indices { #expect(decode(Array(push[..<count]), stream) == nil, "seed \(seed), \(count)") }
        for more: [UInt8] in [[0], [0, 0], [255]] { #expect(decode(push + more, stream) == nil, "seed \(seed)") }
        #expect(decode(push, stream) == deltas)
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func `every flipped bit of a push is refused`(seed: UInt64) throws {
        let (stream, push, _) = try specimen(seed: seed)
        for bit in 0..<push.count * 8 {
            var damaged = push
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(decode(damaged, stream) == nil, "seed \(seed), bit \(bit)")
        }
    }

    @Test func `random bits in any context are refused`() throws {
        var random = SeededRandom(seed: 3)
        var streams: [PushStream] = []
        for seed in 0..<8 as Range<UInt64> { streams.append(try specimen(seed: seed).0) }
        for index in 0..<40_000 {
            // Few ones: what is usual is a zero, so such bits get far.
            let mask = { index % 3 == 0 ? UInt8.max : UInt8(truncatingIfNeeded: random.next() & random.next()) }
            let bits = (0..<Int(random.next() % 120)).map { _ in UInt8(truncatingIfNeeded: random.next()) & mask() }
            let format: UInt8 = index % 4 == 0 ? 0x21 : 0x20
            #expect(decode([format, 0, 0, 0, 0] + bits, streams[index % 8]) == nil, "input \(index)")
        }
    }

    @Test func `a push does not decode on another basis, nor twice`() throws {
        var (stream, push, _) = try specimen(seed: 7)
        var other = stream
        for scope in other.heard.keys.sorted() {
            var cut = other.heard[scope]?.cut ?? Cut()
            cut = Cut(cut.points.map { ($0.origin, ChainPoint(sequence: $0.point.sequence, hash: .zero)) })
            other.heard[scope]?.cut = cut
        }
        #expect(decode(push, other) == nil)
        _ = try stream.decode(push)
        #expect(decode(push, stream) == nil)
    }

    @Test func `damage that the grammar lets pass shows in the checksum, and leaves the context as it was`() throws {
        let (stream, push, _) = try specimen(seed: 4)
        var refused: Set<String> = []
        for bit in 40..<push.count * 8 {
            var (damaged, context) = (push, stream.receiving)
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            do throws(PushError) {
                _ = try stream.decoder.decode(damaged, known: { stream.heard[$0] ?? PushBasis() }, &context)
            } catch {
                if case .checksum = error { refused.insert("checksum") } else { refused.insert("grammar") }
            }
            #expect(context == stream.receiving)
        }
        #expect(refused == ["checksum", "grammar"])
    }
}
