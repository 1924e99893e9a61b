import Simulation
import Testing

@Suite struct WorldClockTests {
    @Test func `a clock runs fast or slow from when it was last touched, and jumps both ways`() {
        var clock = WorldClock(wall: 1_000_000, driftPartsPerMillion: 500)
        #expect(clock.milliseconds(at: 2_000_000) == 1_000_000 + 2_001_000)
        clock.jump(by: -3_600_000, at: 2_000_000)
        #expect(clock.milliseconds(at: 2_000_000) == 1_000_000 + 2_001_000 - 3_600_000)
        clock.run(driftPartsPerMillion: -1000, at: 3_000_000)
        let then = clock.milliseconds(at: 3_000_000)
        #expect(then == 1_000_000 + 2_001_000 - 3_600_000 + 1_000_500)
        #expect(clock.milliseconds(at: 4_000_000) == then + 999_000)
    }

    @Test func `streams of different concerns and names differ, and stay the same in every process`() {
        let streams = RandomStreams(seed: 42)
        var seen: Set<UInt64> = []
        for concern in [RandomStreams.Concern.line, .node, .disk, .work, .fault, .clock] {
            for name in 0..<50 as Range<UInt64> {
                var stream = streams.stream(concern, name, 1)
                seen.insert(stream.next())
                var swapped = streams.stream(concern, 1, name)
                if name != 1 { seen.insert(swapped.next()) }
            }
        }
        #expect(seen.count == 6 * 99)
        var fixed = streams.stream(.line, 1, 2, 3)
        #expect(fixed.next() == 6_126_462_634_480_070_288)
    }

    @Test func `events come by time, and at equal times in their order`() {
        var heap = EventHeap<Int>()
        var random = SeededRandom(seed: 9)
        let times = (0..<500).map { _ in Int64.random(in: 0..<40, using: &random) }
        for (index, time) in times.enumerated() { heap.push(index, at: time) }
        #expect(heap.pop(before: 0) == nil && heap.nextTime == times.min())
        var order: [Int] = []
        while let (event, time) = heap.pop() {
            #expect(time == times[event])
            order.append(event)
        }
        #expect(order == times.indices.sorted { (times[$0], $0) < (times[$1], $1) })
        #expect(heap.nextTime == nil)
    }
}
