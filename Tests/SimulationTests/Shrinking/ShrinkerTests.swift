import Simulation
import Testing

@Suite struct ShrinkerTests {
    @Test func `passes run in their order, and again until none finds anything smaller`() {
        // The left can only sink while it is above the right, the right only once the left has.
        let left = Self.decrement("left", \.0)
        let right = Self.decrement("right", \.1)
        var runs: [String] = []
        let result = Shrinker(passes: [left, right]).shrink(
            (3, 3), within: .unlimited, progress: { if $0.outcome == .fails { runs.append($0.pass) } }
        ) { abs($0.0 - $0.1) <= 1 ? .fails : .holds }
        #expect(runs == ["left", "right", "right", "left", "left", "right"])
        #expect(result.smallest == (0, 0) && result.isMinimal)
    }

    @Test func `a pass does not run again in what it left behind`() {
        var runs: [String] = []
        func pass(_ name: String, until: Int) -> ShrinkPass<Int> {
            ShrinkPass(name) { trials throws(ShrinkStop) in
                runs.append(name)
                while trials.smallest > until { _ = try trials.attempt(trials.smallest - 1) }
            }
        }
        let passes = [pass("a", until: 5), pass("b", until: 3), pass("c", until: 3)]
        let result = Shrinker(passes: passes).shrink(9, within: .unlimited) { _ in .fails }
        #expect(runs == ["a", "b", "c", "a"])
        #expect(result.smallest == 3 && result.trials == 6)
    }

    @Test func `a candidate that cannot run is not taken, and ends nothing`() {
        let pass = ShrinkPass<Int>.candidates("halves") { [$0 / 2, $0 - 1].filter { $0 >= 0 } }
        var ran: [Int] = []
        let result = Shrinker(passes: [pass]).shrink(12, within: .unlimited) { candidate in
            ran.append(candidate)
            return candidate == 6 ? .invalid : candidate >= 5 ? .fails : .holds
        }
        #expect(ran == [6, 11, 5, 2, 4])
        #expect(result.smallest == 5 && result.isMinimal)
    }

    @Test func `candidates are made one by one, and only until one fails`() {
        var made: [Int] = []
        let pass = ShrinkPass<Int>.candidates("smaller") { candidate in
            (0..<candidate).lazy.map { value in
                made.append(value)
                return value
            }
        }
        var ran: [Int] = []
        _ = Shrinker(passes: [pass]).shrink(1_000, within: .unlimited) { candidate in
            ran.append(candidate)
            return candidate >= 4 ? .fails : .holds
        }
        #expect(ran == [0, 1, 2, 3, 4, 0, 1, 2, 3])
        #expect(made == ran)
    }

    @Test func `without passes nothing runs`() {
        let result = Shrinker<Int>(passes: []).shrink(5, within: TrialBudget(trials: 0)) { _ in .fails }
        #expect(result.smallest == 5 && result.trials == 0 && result.isMinimal)
    }

    private static func decrement(_ name: String, _ path: WritableKeyPath<(Int, Int), Int>) -> ShrinkPass<(Int, Int)> {
        .candidates(name) { pair in
            var smaller = pair
            smaller[keyPath: path] -= 1
            return smaller[keyPath: path] >= 0 ? [smaller] : []
        }
    }
}
