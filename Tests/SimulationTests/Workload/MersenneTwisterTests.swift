import Simulation
import Testing

@Suite struct MersenneTwisterTests {
    @Test func `the authors' first numbers come out`() {
        // mt19937ar.out, published with the reference implementation.
        var random = MersenneTwister(key: [0x123, 0x234, 0x345, 0x456])
        let expected: [UInt32] = [1_067_595_299, 955_945_823, 477_289_528, 4_107_218_783, 4_228_976_476]
        #expect(expected.map { _ in random.next() } == expected)
    }

    private static let pythonDraws: [(seed: UInt64, units: [Double])] = [
        (0, [0.8444218515250481, 0.7579544029403025, 0.420571580830845]),
        (1, [0.13436424411240122, 0.8474337369372327, 0.763774618976614]),
        (1 << 40 + 3, [0.21978710637116716, 0.5494687768352203, 0.09461190973523603]),
    ]

    @Test(arguments: pythonDraws)
    func `CPython's numbers come out`(_ seed: UInt64, _ expected: [Double]) {
        var random = MersenneTwister(seed: seed)
        #expect(expected.map { _ in random.unit() } == expected)
    }

    @Test func `the thousandth number, beyond the first refill, is CPython's`() {
        var random = MersenneTwister(seed: 1)
        for _ in 0..<999 { _ = random.unit() }
        #expect(random.unit() == 0.7062615472551386)
    }
}
