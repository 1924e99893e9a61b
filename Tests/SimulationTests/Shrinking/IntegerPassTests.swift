import Simulation
import Testing

@Suite struct IntegerPassTests {
    @Test func `each integer comes as near to the target as it can`() {
        let start: [Int64] = [5, -1_000, 77, .min, 3, .max]
        let result = shrink(start, toward: 0) { values in values[1] <= -13 && values[3] < 0 && values[5] >= 900 }
        #expect(result.smallest == [0, -13, 0, -1, 0, 900])
        #expect(result.isMinimal)
    }

    @Test func `a target other than zero is approached from both sides`() {
        let bytes: [UInt8] = [0, 250, 90, .min, .max]
        let near = shrink(bytes, toward: 100) { values in values[0] <= 97 && values[1] >= 130 && values[4] >= 101 }
        #expect(near.smallest == [97, 130, 100, 100, 101])
        let signed: [Int8] = [.min, .max, .min]
        #expect(shrink(signed, toward: .max) { $0[0] < 0 && $0[2] == .min }.smallest == [-1, .max, .min])
    }

    @Test(arguments: [1, 2, 4])
    func `whatever the outcomes are, no integer can go to the target or one nearer`(_ failing: Int) {
        for seed in 0..<2_000 {
            var random = SeededRandom(seed: UInt64(seed))
            let start = (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: -4...4, using: &random) }
            let table = (0..<1_000).map { _ -> TrialOutcome in
                Int.random(in: 0..<10, using: &random) < failing ? .fails : Bool.random(using: &random) ? .holds : .invalid
            }
            let outcome: ([Int]) -> TrialOutcome = { table[$0.reduce(0) { 9 * $0 + $1 + 4 }] }
            let pass = ShrinkPass<[Int]>.integers("values", toward: 0, of: { $0 }, replacing: { $1 })
            let result = Shrinker(passes: [pass]).shrink(start, within: .unlimited, outcome: outcome)
            #expect(result.smallest == start || outcome(result.smallest) == .fails, "seed \(seed)")
            for (index, value) in result.smallest.enumerated() where value != 0 {
                for nearer in [0, value - value.signum()] {
                    var candidate = result.smallest
                    candidate[index] = nearer
                    #expect(outcome(candidate) != .fails, "seed \(seed)")
                }
            }
        }
    }

    @Test func `thousands of integers of which few matter take few trials`() {
        let start = (0..<5_000).map { 1_000 + $0 }
        let result = shrink(start, toward: 0) { values in values[77] >= 300 && values[4_000] >= 1 && values[4_900] >= 5 }
        #expect(result.smallest.indices.filter { result.smallest[$0] != 0 } == [77, 4_000, 4_900])
        #expect(result.smallest[77] == 300 && result.smallest[4_000] == 1 && result.smallest[4_900] == 5)
        #expect(result.trials <= 100)
    }

    private func shrink<Value: FixedWidthInteger>(
        _ start: [Value], toward target: Value, fails: @escaping ([Value]) -> Bool
    ) -> ShrinkResult<[Value]> {
        let pass = ShrinkPass<[Value]>.integers("values", toward: target, of: { $0 }, replacing: { $1 })
        return Shrinker(passes: [pass]).shrink(start, within: .unlimited) { fails($0) ? .fails : .holds }
    }
}
