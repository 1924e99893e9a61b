import Foundation
import Simulation
import Testing

@Suite struct DiskTroubleTests {
    private static let givenSeed = ProcessInfo.processInfo.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }

    @Test(arguments: Schedule.Trouble.allCases)
    func `whatever a disk does, what was acknowledged stays and nothing is there by halves`(_ trouble: Schedule.Trouble) {
        var failures = 0
        for _ in 0..<(Self.givenSeed == nil ? 160 : 1) {
            let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
            do {
                var schedule = try Schedule(seed: seed, siteCount: 3)
                try schedule.run(steps: 40, with: trouble)
                failures += schedule.failures
            } catch {
                Issue.record("ATOLL_TEST_SEED=\(seed), \(trouble): \(error)")
                return
            }
        }
        #expect(failures > 100 || Self.givenSeed != nil)
    }

    /// Its header was refused, and what was visible was read anew for nothing: from a disk that failed half way through.
    @Test func `a delta that is refused while the disk fails leaves what is visible`() throws {
        var schedule = try Schedule(seed: 10_265_072_433_488_910_688, siteCount: 3)
        try schedule.run(steps: 40, with: .anyError)
    }

    @Test func `a lying sync is found out`() {
        var violations = 0
        for seed in 0..<120 {
            do {
                var schedule = try Schedule(seed: UInt64(seed), siteCount: 3)
                try schedule.run(steps: 40, with: .powerLoss, syncLies: true)
            } catch {
                violations += 1
            }
        }
        #expect(violations > 5)
    }
}
