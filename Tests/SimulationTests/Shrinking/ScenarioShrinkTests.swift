import Simulation
import Testing

@Suite struct ScenarioShrinkTests {
    @Test(arguments: 1...5)
    func `of a month of 10,000 operations and 400 faults, what matters is left`(_ seed: UInt64) {
        let start = ToyScenario(seed: seed)
        #expect(start.outcome == .fails)
        var sizes: [Int] = []
        let result = Shrinker(passes: ToyScenario.passes).shrink(
            start, within: .unlimited, progress: { sizes.append($0.smallest.count) }, outcome: \.outcome)
        let left = result.smallest
        #expect(result.isMinimal && left.outcome == .fails)
        #expect(left.nodes == [7, 11])
        #expect(left.faults.map(\.kind) == [.partition, .crash] && left.faults.allSatisfy { $0.node == 7 })
        #expect(left.operations.map(\.quantity) == [12, 20] && left.operations.map(\.node) == [7, 11])
        #expect(left.times == [0, 0, 0, 7_200_000])
        #expect(sizes == sizes.sorted(by: >))
        #expect(result.trials <= 150)
    }

    @Test func `a node goes with all that names it, and stays if that matters`() {
        var start = ToyScenario(seed: 6)
        start.faults.removeAll { $0.kind == .restart || $0.kind == .heal }
        let pass = ShrinkPass<ToyScenario>.list("nodes", elements: { $0.nodes }, keeping: { $0.keeping($1) })
        var outcomes: Set<TrialOutcome> = []
        let result = Shrinker(passes: [pass]).shrink(
            start, within: .unlimited, progress: { outcomes.insert($0.outcome) }, outcome: \.outcome)
        #expect(result.smallest == start.keeping([7, 11]))
        #expect(outcomes == [.fails, .holds])
    }
}
