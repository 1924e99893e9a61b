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

    /// What was visible was read anew after a refusal, from a disk that failed half way through; nobody heard of that.
    @Test(arguments: [10_265_072_433_488_910_688, 17_427_465_808_270_366_027])
    func `a delta that is refused while the disk fails leaves what is visible, or says that the disk failed`(_ seed: UInt64)
        throws
    {
        var schedule = try Schedule(seed: seed, siteCount: 3)
        try schedule.run(steps: 40, with: .anyError)
    }

    /// The cut that was dropped said nothing that was not held; the schedule took it for lost.
    @Test func `a staged cut that says nothing new may be dropped as the power goes`() throws {
        var schedule = try Schedule(seed: 16_798_070_970_563_129_170, siteCount: 3)
        try schedule.run(steps: 40, with: .powerLoss)
    }

    /// Another member's cut of the scope was being folded in just then, and how far this one had come could not be asked.
    @Test func `how far a cut has come is known while another one of its scope is folded in`() throws {
        var schedule = try Schedule(seed: 11_572_208_075_132_555_343, siteCount: 3)
        try schedule.run(steps: 40, with: .readErrors)
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
