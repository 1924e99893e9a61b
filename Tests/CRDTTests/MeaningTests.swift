import CRDT
import Testing

/// Each view against its specification over the visible operations, on random histories.
@Suite struct MeaningTests {
    @Test(.optimized) func `a register reads as the highest of the writes that no other write has seen`() {
        check(RegisterSpecification.self)
    }

    @Test(.optimized) func `a set holds the elements that were added and not removed by someone who saw that`() {
        check(SetSpecification.self)
    }

    @Test(.optimized) func `a map gives each element the highest of its unseen values`() {
        check(MapSpecification.self)
    }

    @Test(.optimized) func `a counter is the sum of what was counted`() {
        check(CounterSpecification.self)
    }

    @Test(.optimized) func `progress reads as the states that no other state supersedes`() {
        check(ProgressSpecification.self)
    }

    @Test(.optimized) func `escrow keeps promises within the quota and decides a request once`() {
        check(EscrowSpecification.self)
    }

    @Test(.optimized) func `facts are what was stated, each identity once`() {
        check(FactsSpecification.self)
    }

    @Test(.tags(.sanitized)) func `every view keeps its meaning in a quick run`() {
        check(RegisterSpecification.self, schedules: 60)
        check(SetSpecification.self, schedules: 60)
        check(MapSpecification.self, schedules: 60)
        check(CounterSpecification.self, schedules: 60)
        check(ProgressSpecification.self, schedules: 60)
        check(EscrowSpecification.self, schedules: 60)
        check(FactsSpecification.self, schedules: 60)
    }

    private func check<Spec: Specification>(
        _: Spec.Type, schedules: Int = 20_000, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        SeededRandom.forEachSeed(schedules, sourceLocation: sourceLocation) { random in
            var schedule = Schedule<Spec>(random: random)
            try schedule.run()
            try schedule.converge()
        }
    }
}
