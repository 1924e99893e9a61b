import Simulation
import Testing

@Suite struct SeededRandomTests {
    @Test func `the numbers are those of SplitMix64`() {
        var random = SeededRandom(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }

    @Test func `what one part draws from its own generator moves nothing elsewhere`() {
        var first = SeededRandom(seed: 1)
        var second = SeededRandom(seed: 1)
        var part = first.split()
        _ = second.split()
        for _ in 0..<10 { _ = part.next() }
        #expect(first.next() == second.next())
    }
}
