import Simulation
import Testing

/// How many candidates are run, among 10,000 events: a run of a long scenario takes seconds.
@Suite struct DeltaDebuggingCountTests {
    private static let count = 10_000

    @Test(arguments: [(2, 45, 5), (5, 95, 15), (8, 140, 25), (20, 350, 60)])
    func `scattered events are found in few trials, which run few events`(_ needles: Int, _ limit: Int, _ wholeRuns: Int) {
        var random = SeededRandom(seed: UInt64(needles))
        let needles = Set((0..<needles).map { _ in Int.random(in: 0..<Self.count, using: &random) })
        expect(needles.sorted(), within: limit, wholeRuns: wholeRuns) { needles.isSubset(of: $0) ? .fails : .holds }
    }

    @Test func `a single event is found in few trials, which run no more events than three whole runs`() {
        for seed in 0..<100 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let needle = Int.random(in: 0..<Self.count, using: &random)
            let shrink = ListShrink(Array(0..<Self.count)) { $0.contains(needle) ? .fails : .holds }
            #expect(shrink.result.smallest == [needle] && shrink.result.trials <= 28)
            #expect(shrink.candidates.reduce(0) { $0 + $1.count } <= 3 * Self.count)
        }
    }

    @Test func `events early in a long run are found in fewer`() {
        var random = SeededRandom(seed: 20)
        let needles = Set((0..<20).map { _ in Int.random(in: 0..<500, using: &random) })
        expect(needles.sorted(), within: 230, wholeRuns: 6) { needles.isSubset(of: $0) ? .fails : .holds }
    }

    @Test func `a range is found in few trials`() {
        expect(Array(4_000..<4_020), within: 100, wholeRuns: 3) { Set($0).isSuperset(of: 4_000..<4_020) ? .fails : .holds }
    }

    @Test func `any ten of a range are found in few trials`() {
        let trials = ListShrink(Array(0..<Self.count)) { part in
            part.count { (3_000..<3_400).contains($0) } >= 10 ? .fails : .holds
        }.result
        #expect(trials.smallest.count == 10 && trials.trials <= 70)
    }

    @Test(arguments: [(0, 300), (2, 500)])
    func `crashes go with their restarts`(_ needed: Int, _ limit: Int) {
        var random = SeededRandom(seed: 5)
        let pairs = (0..<100).map { _ in Int.random(in: 0..<5_000, using: &random) }
            .map { ($0, $0 + Int.random(in: 1...30, using: &random)) }
        let shrink = ListShrink(Array(0..<Self.count)) { events in
            let events = Set(events)
            if pairs.contains(where: { events.contains($0) != events.contains($1) }) { return .invalid }
            let isThere = events.isSuperset(of: [1_234, 4_567, 8_910])
            return isThere && pairs.prefix(needed).allSatisfy { events.contains($0.0) } ? .fails : .holds
        }
        #expect(shrink.result.isMinimal && shrink.result.smallest.count <= 3 + 2 * needed + 4)
        #expect(shrink.result.trials <= limit)
    }

    @Test func `a failure that more events can hide is found in few trials`() {
        let needles = [10, 2_000, 6_000]
        expect(needles, within: 75, wholeRuns: 15) { events in
            let events = Set(events)
            let isHidden = events.contains(1_000) && !events.contains(8_888)
            return events.isSuperset(of: needles) && !isHidden ? .fails : .holds
        }
    }

    /// - Parameters:
    ///   - limit: of trials; ddmin takes more.
    ///   - wholeRuns: how many runs of all events cost as much as all trials together.
    private func expect(
        _ needles: [Int], within limit: Int, wholeRuns: Int, _ outcome: @escaping ([Int]) -> TrialOutcome
    ) {
        let shrink = ListShrink(Array(0..<Self.count), outcome: outcome)
        #expect(shrink.result.smallest == needles && shrink.result.isMinimal)
        #expect(shrink.result.trials <= limit)
        #expect(shrink.candidates.reduce(0) { $0 + $1.count } <= wholeRuns * Self.count)
        #expect(PlainDeltaDebugging.trials(count: Self.count) { outcome($0) == .fails } > limit)
    }
}
