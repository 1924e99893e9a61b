import FaultProxy
import Testing

/// What a proxy's lane does to bytes, by a clock of the test's own.
struct LaneTests {
    @Test func `a delay keeps each byte for its time`() {
        var (lane, faults) = (Lane(), LaneFaults())
        faults.delayMilliseconds = 40
        lane.put([1, 2], at: 100, faults)
        #expect(lane.nextTime == 140)
        #expect(lane.ready(at: 139, faults).isEmpty)
        #expect(lane.ready(at: 140, faults) == [1, 2])
    }

    @Test func `a throttle lets through what its rate allows`() {
        var (lane, faults) = (Lane(), LaneFaults())
        faults.bytesPerSecond = 1_000
        lane.put([UInt8](repeating: 1, count: 1_000), at: 0, faults)
        var (now, count): (Int64, Int) = (0, 0)
        while let time = lane.nextTime {
            now = max(now, time)
            let ready = lane.ready(at: now, faults).count
            lane.remove(ready, at: now, faults)
            count += ready
        }
        #expect(count == 1_000 && now == 950)
    }

    @Test func `a flip changes one bit, a replay repeats a range, and a cut ends all`() {
        var (lane, faults) = (Lane(), LaneFaults())
        faults.flips = [.init(place: 4, bit: 7)]
        faults.replay = .init(1..<3)
        faults.cut = .reset
        faults.cutPlace = 6
        var out: [UInt8] = []
        for byte in UInt8(0)..<9 {
            lane.put([byte], at: 0, faults)
            while !lane.isEmpty {
                let ready = lane.ready(at: 0, faults)
                out += ready
                lane.remove(ready.count, at: 0, faults)
            }
        }
        #expect(out == [0, 1, 2, 1, 2, 3, 4 ^ 0x80, 5])
        #expect(lane.isCutDue)
    }

    @Test func `a lane that swallows gives nothing and goes on counting`() {
        var (lane, faults) = (Lane(), LaneFaults())
        faults.swallows = true
        lane.put([1, 2, 3], at: 0, faults)
        #expect(lane.isEmpty && lane.place == 3)
    }
}
