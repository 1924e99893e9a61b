import Simulation
import Testing

@Suite struct SimulatedNetworkTests {
    private let text = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test(arguments: [1, 7, 16_384])
    func `bytes arrive in order, in parts of any size up to the largest`(largest: Int) {
        var world = NetworkHarness(seed: 3)
        world.network.usual.largestPart = largest
        let id = world.connect(0, 1)
        for first in stride(from: 0, to: text.count, by: 900) {
            world.network.send(Array(text[first..<min(first + 900, text.count)]), on: id, by: 0, at: world.now)
        }
        world.network.send([1, 2, 3], on: id, by: 1, at: world.now)
        world.run()
        let (bytes, parts) = world.received(id, by: 1)
        #expect(bytes == text && (parts.max() ?? 0) <= largest)
        #expect(largest == 1 || Set(parts).count > 3, "\(parts)")
        #expect(world.received(id, by: 0).bytes == [1, 2, 3])
        #expect(world.has(.drained(id, by: 0)) && world.has(.drained(id, by: 1)))
    }

    @Test func `what is sent takes as long as the line says, and nothing overtakes`() throws {
        var world = NetworkHarness(seed: 4)
        world.network.usual.delay = 100...300
        world.network.usual.bytesPerSecond = 1000
        let id = world.connect(0, 1)
        #expect(200...600 ~= world.now)
        let start = world.now
        for byte in 0..<100 as Range<UInt8> { world.network.send([byte], on: id, by: 0, at: start) }
        world.network.send([UInt8](repeating: 7, count: 2000), on: id, by: 0, at: start)
        world.run()
        #expect(world.received(id, by: 1).bytes.prefix(100) == Array(0..<100)[...])
        #expect(world.now >= start + 2000, "2000 bytes take two seconds")
        let first = try #require(world.reports.first { if case .received = $0.report { true } else { false } })
        #expect(first.at >= start + 100)
    }

    @Test func `a cut line tells nobody, and what waited goes on when it is whole`() {
        var world = NetworkHarness(seed: 5)
        let id = world.connect(0, 1)
        var cut = LineCondition()
        cut.isCut = true
        world.network.set(cut, from: 0, to: 1, at: world.now)
        world.network.send(text, on: id, by: 0, at: world.now)
        world.network.send([9], on: id, by: 1, at: world.now)
        world.run(until: 100_000)
        #expect(world.received(id, by: 1).bytes.isEmpty)
        #expect(world.received(id, by: 0).bytes == [9], "the way back is whole")
        #expect(!world.has(.closed(id, by: 0)) && !world.has(.closed(id, by: 1)))
        world.network.set(LineCondition(), from: 0, to: 1, at: world.now)
        world.run()
        #expect(world.received(id, by: 1).bytes == text)
    }

    @Test func `nobody is reached over a cut line, whichever way, nor where nobody listens`() {
        var cut = LineCondition()
        cut.isCut = true
        for (from, to) in [(0, 1), (1, 0)] {
            var world = NetworkHarness(seed: 6)
            world.network.set(cut, from: from, to: to, at: 0)
            let id = world.connect(0, 1)
            #expect(world.reports.map(\.report) == [.failed(id, dialler: 0)])
            #expect(world.network.send([1], on: id, by: 0, at: world.now) == nil)
        }
        var world = NetworkHarness(seed: 6)
        world.deaf = [1]
        let id = world.connect(0, 1)
        #expect(world.reports.map(\.report) == [.failed(id, dialler: 0)])
    }

    @Test func `who hangs up is heard of behind what it sent`() {
        var world = NetworkHarness(seed: 7)
        let id = world.connect(0, 1)
        world.network.send(text, on: id, by: 0, at: world.now)
        world.network.close(id, by: 0, at: world.now)
        world.network.send([1], on: id, by: 1, at: world.now)
        world.run()
        #expect(world.received(id, by: 1).bytes == text)
        #expect(world.reports.last?.report == .closed(id, by: 1))
        #expect(world.received(id, by: 0).bytes.isEmpty && !world.has(.closed(id, by: 0)))
    }

    @Test func `a torn line is told to both at once, and what was on it is lost`() {
        var world = NetworkHarness(seed: 8)
        let id = world.connect(0, 1)
        world.network.send(text, on: id, by: 0, at: world.now)
        world.note(world.network.tear(id))
        world.run()
        #expect(world.received(id, by: 1).bytes.isEmpty)
        #expect(world.has(.closed(id, by: 0)) && world.has(.closed(id, by: 1)))
        #expect(world.network.open(between: 0, 1).isEmpty)
    }

    @Test func `of a node without power nobody hears, of one that was ended everybody`() {
        for isSilent in [true, false] {
            var world = NetworkHarness(seed: 9)
            let (one, other) = (world.connect(0, 1), world.connect(1, 2))
            world.network.send(text, on: one, by: 0, at: world.now)
            world.network.abandon(1, isSilent: isSilent, at: world.now)
            world.run()
            #expect(world.has(.closed(one, by: 0)) == !isSilent)
            #expect(world.has(.closed(other, by: 2)) == !isSilent)
            #expect(world.received(one, by: 1).bytes.isEmpty)
            #expect(!world.has(.closed(one, by: 1)))
        }
    }

    @Test func `a line that turns bits ends, and hands none of the wrong part on`() {
        var world = NetworkHarness(seed: 10)
        world.network.usual.bytesPerFlippedBit = 1000
        world.network.usual.largestPart = 50
        let id = world.connect(0, 1)
        world.network.send(text, on: id, by: 0, at: world.now)
        world.run()
        let bytes = world.received(id, by: 1).bytes
        #expect(bytes.count < text.count && bytes == Array(text.prefix(bytes.count)))
        #expect(world.has(.closed(id, by: 0)) && world.has(.closed(id, by: 1)))
    }

    @Test func `the same seed gives the same run, and another line more moves nothing on this one`() {
        func run(seed: UInt64, with others: Int) -> [String] {
            var world = NetworkHarness(seed: seed)
            for other in 0..<others { _ = world.network.dial(from: 5 + other, to: 1, at: 0) }
            let id = world.network.dial(from: 0, to: 1, at: 0)
            world.run(until: 50)
            world.network.send(text, on: id, by: 0, at: world.now)
            world.run()
            return world.reports.compactMap { entry in
                guard case .received(let bytes, id, 1) = entry.report else { return nil }
                return "\(entry.at) \(bytes.count)"
            }
        }
        #expect(run(seed: 11, with: 0) == run(seed: 11, with: 0))
        #expect(run(seed: 11, with: 0) == run(seed: 11, with: 3))
        #expect(run(seed: 11, with: 0) != run(seed: 12, with: 0))
    }

    @Test(arguments: [nil, 0, 1]) func `a connection that was forgotten carries nothing, and one end hears of it at most`(
        _ told: Int?
    ) {
        var world = NetworkHarness(seed: 6)
        let id = world.connect(0, 1)
        world.network.send(text, on: id, by: 0, at: world.now)
        world.note(world.network.strand(id, telling: told))
        world.network.send([9], on: id, by: 1, at: world.now)
        world.run()
        #expect(world.received(id, by: 0).bytes.isEmpty && world.received(id, by: 1).bytes.isEmpty)
        for end in [0, 1] { #expect(world.has(.closed(id, by: end)) == (end == told)) }
        for end in [0, 1] { world.network.close(id, by: end, at: world.now) }
        #expect(world.network.open(between: 0, 1).isEmpty)
        let next = world.connect(0, 1)
        world.network.send(text, on: next, by: 0, at: world.now)
        world.run()
        #expect(world.received(next, by: 1).bytes == text)
    }
}
