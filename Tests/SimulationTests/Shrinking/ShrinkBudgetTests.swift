import Simulation
import Testing

@Suite struct ShrinkBudgetTests {
    private static let list = Array(0..<200)

    private static func outcome(_ part: [Int]) -> TrialOutcome {
        if part.contains(60) != part.contains(90) { return .invalid }
        return Set(part).isSuperset(of: [3, 77, 78, 150]) ? .fails : .holds
    }

    @Test func `stopped after any number of trials, it gives the smallest that failed until then`() {
        let whole = ListShrink(Self.list, outcome: Self.outcome)
        #expect(whole.result.smallest == [3, 77, 78, 150] && whole.result.stop == nil)
        #expect(whole.result.trials == whole.candidates.count)
        for limit in 0..<whole.candidates.count {
            let stopped = ListShrink(Self.list, within: TrialBudget(trials: limit), outcome: Self.outcome)
            #expect(stopped.result.smallest == whole.smallest(of: Self.list)[limit])
            #expect(stopped.result.trials == limit && stopped.result.stop == .outOfTrials(limit: limit))
            #expect(stopped.candidates == Array(whole.candidates.prefix(limit)))
        }
        let enough = ListShrink(Self.list, within: TrialBudget(trials: whole.candidates.count), outcome: Self.outcome)
        #expect(enough.result.isMinimal && enough.candidates == whole.candidates)
    }

    @Test func `nothing runs once the deadline has passed`() {
        var ran = 0
        let budget = TrialBudget(trials: 1_000) { ran >= 5 }
        let result = Shrinker(passes: [.list("events", \.self)]).shrink(Self.list, within: budget) { part in
            ran += 1
            return Self.outcome(part)
        }
        #expect(ran == 5)
        #expect(result.stop == .over && result.trials == 5 && !result.isMinimal)
    }

    @Test func `the same search runs the same candidates in the same order`() {
        let first = ListShrink(Self.list, outcome: Self.outcome)
        let second = ListShrink(Self.list, outcome: Self.outcome)
        #expect(first.candidates == second.candidates && first.outcomes == second.outcomes)
    }

    @Test func `progress tells of each trial, and of the smallest so far`() {
        var told: [ShrinkProgress<[Int]>] = []
        let result = Shrinker(passes: [.list("events", \.self)]).shrink(
            Self.list, within: .unlimited, progress: { told.append($0) }, outcome: Self.outcome)
        let whole = ListShrink(Self.list, outcome: Self.outcome)
        #expect(told.map(\.trials) == Array(1...result.trials))
        #expect(told.map(\.outcome) == whole.outcomes)
        #expect(told.map(\.smallest) == Array(whole.smallest(of: Self.list).dropFirst()))
        #expect(told.allSatisfy { $0.pass == "events" })
    }
}
