import CRDT
import Testing

@Suite(.tags(.sanitized)) struct HLCTests {
    @Test func `a full counter carries into the milliseconds`() {
        let full = HLC(rawValue: 1_700_000_000_000 << 16 | 0xFFFF)
        let next = full.next(at: 1_700_000_000_000)
        #expect(next.milliseconds == 1_700_000_000_001)
        #expect(next.counter == 0)
        #expect(next.next(at: 1_700_000_000_001).counter == 1)
    }

    @Test func `stamps never go back when the clock does`() {
        var stamp = HLC(milliseconds: 1_700_000_000_000)
        for milliseconds: Int64 in [1_699_999_999_999, -1, .min, 0, 1_700_000_000_000, 1_700_000_000_001, 5] {
            let next = stamp.next(at: milliseconds)
            #expect(next > stamp)
            stamp = next
        }
        #expect(stamp.milliseconds == 1_700_000_000_001)
        #expect(stamp.counter == 1)
    }

    @Test func `a clock in 1969 counts from the last stamp`() {
        #expect(HLC.none.next(at: -86_400_000) == HLC(rawValue: 1))
        #expect(HLC(milliseconds: -1) == HLC(rawValue: 0))
    }

    @Test func `a clock in 2100 is followed and not undone`() {
        let wrong: Int64 = 4_102_444_800_000
        let stamp = HLC(milliseconds: 1_700_000_000_000).next(at: wrong)
        #expect(stamp.milliseconds == wrong)
        #expect(stamp.next(at: 1_700_000_000_000) == HLC(rawValue: UInt64(wrong) << 16 + 1))
    }

    @Test func `times after the last millisecond are clamped`() {
        #expect(HLC(milliseconds: .max).milliseconds == 1 << 48 - 1)
        #expect(HLC(milliseconds: .max).counter == 0)
    }

    /// The stamp after the highest one once overflowed and took the process down.
    @Test func `after the highest stamp of all there is no trap and no way back`() {
        let highest = HLC(rawValue: .max)
        #expect(highest.next(at: 0) == highest)
        #expect(highest.next(at: .max) == highest)
    }
}
