import CRDT
import Foundation
import Replica
import Simulation
import Testing

@Suite struct ScheduleTests {
    /// A seed from outside runs alone.
    private static let givenSeed = ProcessInfo.processInfo.environment["ATOLL_TEST_SEED"].flatMap { UInt64($0) }
    private static let scheduleCount =
        ProcessInfo.processInfo.environment["ATOLL_TEST_SCHEDULES"].flatMap { Int($0) } ?? 2600
    private static let shards = 4

    @Test(arguments: 0..<shards)
    func `after every step of any schedule each scope is the fold of what lies under its vector`(_ shard: Int) {
        if let seed = Self.givenSeed {
            if shard == 0 { Self.run(seed) }
            return
        }
        for _ in 0..<Self.scheduleCount / Self.shards {
            if !Self.run(UInt64.random(in: 0...UInt64.max)) { return }
        }
    }

    @discardableResult
    private static func run(_ seed: UInt64) -> Bool {
        do {
            var schedule = try Schedule(seed: seed, siteCount: 3 + Int(seed % 4))
            try schedule.run(steps: 40)
            return true
        } catch {
            Issue.record("ATOLL_TEST_SEED=\(seed): \(error)")
            return false
        }
    }

    @Test func `a whole state takes what died and leaves what its sender has not seen`() {
        for _ in 0..<(Self.givenSeed == nil ? 300 : 1) {
            let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
            do {
                var schedule = try Schedule(seed: seed, siteCount: 2)
                try schedule.runSnapshots(steps: 60)
            } catch {
                Issue.record("ATOLL_TEST_SEED=\(seed): \(error)")
                return
            }
        }
    }

    @Test func `whoever collects marks behind the horizon resurrects nothing, and neither do late peers`() {
        for _ in 0..<(Self.givenSeed == nil ? 250 : 1) {
            let seed = Self.givenSeed ?? UInt64.random(in: 0...UInt64.max)
            do {
                var schedule = try Schedule(seed: seed, siteCount: 5)
                try schedule.runHorizons(steps: 70, memberCount: 2)
            } catch {
                Issue.record("ATOLL_TEST_SEED=\(seed): \(error)")
                return
            }
        }
    }
}
