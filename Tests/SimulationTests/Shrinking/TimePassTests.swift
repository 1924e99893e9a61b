import Simulation
import Testing

@Suite struct TimePassTests {
    private static let second = 1_000
    private static let minute = 60_000
    private static let hour = 3_600_000
    private static let day = 86_400_000

    @Test func `times that do not matter go to the start`() {
        #expect(search([12_345, 99_999, 3 * Self.day]) { _ in true }.smallest == [0, 0, 0])
    }

    @Test func `a gap that matters becomes a round one`() {
        let start = [1_234_567, 7_234_567, 7_234_999, 99_234_999]
        #expect(search(start) { $0[1] - $0[0] >= 1_734 }.smallest == [0, 2_000, 2_000, 2_000])
        #expect(search(start) { $0[3] - $0[2] >= 5 * Self.hour + 1 }.smallest == [0, 0, 0, 6 * Self.hour])
        #expect(search(start) { $0[2] - $0[1] >= 400 }.smallest == [0, 0, 400, 400])
    }

    @Test func `a month that matters stays, and the rest is counted in days`() {
        let start = (0..<100).map { $0 * 7 * Self.hour + $0 * 1_013 }
        let search = search(start) { $0[99] - $0[0] >= 26 * Self.day && $0[40] < $0[41] }
        #expect(search.smallest.last == 26 * Self.day + 26 * Self.second || search.smallest.last == 26 * Self.day)
        #expect(search.smallest[40] < search.smallest[41])
        #expect(Set(search.smallest).count <= 3)
    }

    @Test func `what lies inside a gap that must stay moves to one end of it`() {
        let start = [0, 50 * Self.minute, 90 * Self.minute]
        #expect(search(start) { $0[2] - $0[0] >= Self.hour }.smallest == [0, 0, Self.hour])
    }

    @Test func `whatever the outcomes are, times stay in order, never grow, and none can go to the one before it`() {
        for seed in 0..<1_000 {
            var random = SeededRandom(seed: UInt64(seed))
            let start = (0..<3).map { _ in Int.random(in: 0...9, using: &random) }.sorted()
            let table = (0..<1_000).map { _ in Int.random(in: 0..<10, using: &random) < 3 }
            func fails(_ times: [Int]) -> Bool { table[times.reduce(0) { 10 * $0 + $1 }] }
            var ran: [[Int]] = []
            let pass = ShrinkPass<[Int]>.times("times", units: [4, 2, 1], of: { $0 }, replacing: { $1 })
            let result = Shrinker(passes: [pass]).shrink(start, within: .unlimited) { times in
                ran.append(times)
                return fails(times) ? .fails : .holds
            }
            #expect(ran.allSatisfy { $0 == $0.sorted() && $0.count == 3 }, "seed \(seed)")
            #expect(result.smallest == start || fails(result.smallest), "seed \(seed)")
            #expect(zip(result.smallest, start).allSatisfy { $0 <= $1 }, "seed \(seed)")
            for (index, earlier) in ([0] + result.smallest).dropLast().enumerated() where earlier < result.smallest[index] {
                var pulled = result.smallest
                pulled[index] = earlier
                #expect(!fails(pulled), "seed \(seed)")
            }
        }
    }

    private func search(_ start: [Int], fails: @escaping ([Int]) -> Bool) -> ShrinkResult<[Int]> {
        let units = [Self.day, Self.hour, Self.minute, Self.second, 1].map(\.magnitude)
        let pass = ShrinkPass<[Int]>.times("times", units: units, of: { $0 }, replacing: { $1 })
        return Shrinker(passes: [pass]).shrink(start, within: .unlimited) { fails($0) ? .fails : .holds }
    }
}
