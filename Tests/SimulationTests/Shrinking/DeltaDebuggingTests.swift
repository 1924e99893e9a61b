import Simulation
import Testing

@Suite struct DeltaDebuggingTests {
    @Test(arguments: [2, 40, 100])
    func `whatever the outcomes are, no one element of what is left can go`(_ failing: Int) {
        for seed in 0..<1_500 {
            var random = SeededRandom(seed: UInt64(seed))
            let list = Array(0..<Int.random(in: 0...9, using: &random))
            let table = (0..<1 << list.count).map { _ -> TrialOutcome in
                if Int.random(in: 0..<100, using: &random) < failing { return .fails }
                return Bool.random(using: &random) ? .holds : .invalid
            }
            let shrink = ListShrink(list) { table[mask($0)] }
            let left = shrink.result.smallest
            #expect(shrink.result.isMinimal, "seed \(seed)")
            #expect(left == list || table[mask(left)] == .fails, "seed \(seed)")
            #expect(left == left.sorted(), "seed \(seed)")
            for element in left { #expect(table[mask(left.filter { $0 != element })] != .fails, "seed \(seed)") }
            #expect(Set(shrink.candidates).count == shrink.candidates.count, "a candidate ran twice, seed \(seed)")
            for (candidate, smallest) in zip(shrink.candidates, shrink.smallest(of: list)) {
                #expect(Set(candidate).isStrictSubset(of: smallest), "seed \(seed)")
            }
        }
    }

    @Test func `where more never makes a failure go away, what is left is one of the smallest sets that fail`() {
        for seed in 0..<300 {
            var random = SeededRandom(seed: UInt64(seed))
            let count = Int.random(in: 1...300, using: &random)
            let causes = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                Set((0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0..<count, using: &random) })
            }
            let left = ListShrink(Array(0..<count)) { part in
                causes.contains { $0.isSubset(of: part) } ? .fails : .holds
            }.result.smallest
            #expect(causes.contains(Set(left)) && left == left.sorted(), "seed \(seed)")
            #expect(!causes.contains { $0.isStrictSubset(of: left) }, "seed \(seed)")
        }
    }

    @Test func `equal elements are told apart by their places`() {
        let shrink = ListShrink([7, 7, 7, 7, 7]) { $0.count >= 3 ? .fails : .holds }
        #expect(shrink.result.smallest == [7, 7, 7])
    }

    @Test func `an empty list takes no trial, and nothing is left of one that fails without any element`() {
        for (list, trials) in [([], 0), ([1, 2, 3], 1)] {
            let result = ListShrink(list) { _ in .fails }.result
            #expect(result.smallest.isEmpty && result.trials == trials && result.isMinimal)
        }
    }

    @Test func `the empty list comes first, then halves, then prefixes`() {
        let shrink = ListShrink(Array(0..<1_000)) { $0.contains(100) && $0.contains(300) ? .fails : .holds }
        #expect(Array(shrink.candidates[..<4]) == [[], Array(0..<500), Array(0..<250), Array(250..<500)])
        #expect(Array(shrink.candidates[4..<7]) == [Array(0..<375), Array(0..<312), Array(0..<281)])
        #expect(shrink.result.smallest == [100, 300])
    }

    @Test func `elements that can only go together do, if one of them cannot run without the other`() {
        let pairs = [(0, 5), (1, 9), (2, 7), (3, 8), (4, 6)]
        let shrink = ListShrink(Array(0...10)) { part in
            if pairs.contains(where: { part.contains($0) != part.contains($1) }) { return .invalid }
            return part.contains(10) && part.contains(7) ? .fails : .holds
        }
        #expect(shrink.result.smallest == [2, 7, 10])
    }

    @Test func `a candidate that cannot run says nothing about smaller ones`() {
        let shrink = ListShrink(Array(0..<64)) { part in
            if part.contains(30) != part.contains(40) { return .invalid }
            return part.contains(20) ? .fails : .holds
        }
        #expect(shrink.result.smallest == [20])
        #expect(shrink.outcomes.contains(.invalid))
    }

    private func mask(_ part: [Int]) -> Int { part.reduce(0) { $0 | 1 << $1 } }
}
